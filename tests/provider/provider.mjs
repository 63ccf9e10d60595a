// A real identity provider on loopback for the tests of sign-in: oidc-provider with its own pages for signing in, where
// any password does. What a person is called decides which groups they are in.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, callback] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const groups = { wang: ['customs', 'officers'], li: ['administrators'], guest: ['visitors'] };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'quaylight', client_secret: 'a secret of two', redirect_uris: [callback] }],
  scopes: ['openid', 'profile', 'groups'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['only for tests'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} by name`, preferred_username: id, groups: groups[id] ?? [] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
