//! What the codes of parcels say, and marks of them: a shape and a word beside each colour.

use crate::components::markup::{Markup, fill, join, text};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::money::exact;
use shared::wire::parcels::{DocumentKind, ParcelMode, ParcelReason, ParcelState};

/// Codes, each with its words in English and in Chinese. They come with the pages of parcels and not with every page.
const WORDS: &str = "\
state waiting|waiting|待单证
state matched|matched|三单一致
state held|held|暂扣
state released|released|已放行
state returned|returned|已退回
state withdrawn|withdrawn|已撤单
document order|Order|订单
document payment|Payment|支付单
document logistics|Waybill|运单
document list|Declaration list|清单
reason none|No reason|无
platform none|Not named|未注明
park none|Not named|未注明
mode none|Not named|未注明
mode 1210|1210 bonded|1210 保税
mode 9610|9610 direct mail|9610 直邮
reason order_differs|The list names documents of another order|清单所列单证属于另一订单
reason order_doubled|Two orders have this number|订单号重复
reason buyer_name_differs|The buyer's name differs|订购人姓名不一致
reason buyer_identity_differs|The buyer's identity number differs|订购人证件号不一致
reason payer_differs|Somebody else paid|支付人与订购人不一致
reason amount_differs|What was paid is not what was due|支付金额不符
reason over_order_limit|Over the limit of one order|超出单次交易限值
reason over_year_limit|Over the buyer's year|超出个人年度限值
reason enterprise_unregistered|The enterprise is not registered|企业未备案
reason mode_differs|Order and list name other modes|订单与清单监管方式不一致
reason full_tax|Full tax: one indivisible item over the limit|单件不可分割超限，全额征税
reason by_officer|Let go by an officer|由关员放行
field order|Order number|订单号
field buyer_name|Buyer|订购人
field buyer_identity|Buyer's identity (hash)|订购人证件号（散列）
field payer_name|Payer|支付人
field payer_identity|Payer's identity (hash)|支付人证件号（散列）
field amount_fen|Paid|支付金额
field value_fen|Value for the limits|限值口径货值
field goods_fen|Goods|货款
field freight_fen|Freight|运费
field insurance_fen|Insurance|保费
field tax_fen|Tax|税款
field discount_fen|Discount|优惠
field mode|Mode|监管方式
field waybill|Waybill number|运单号
field payment|Payment number|支付单号
field enterprise|Enterprise|企业
field items|Items|商品
step document|came|收到
step correction|was corrected|已更正
step withdrawal|was withdrawn|已撤回
step state|New state|状态变更
step release|Let go by an officer|关员放行
step return|Sent back by an officer|关员退回";

/// The words of a code of a kind; the code itself where it is unknown.
pub fn code(context: Context, kind: &str, code: &str) -> String {
    match find(kind, code) {
        Some((english, chinese)) => context.language.choose(english, chinese).to_owned(),
        None => code.to_owned(),
    }
}

fn find(kind: &str, code: &str) -> Option<(&'static str, &'static str)> {
    WORDS.lines().find_map(|line| {
        let rest = line.strip_prefix(kind)?.strip_prefix(' ')?;
        rest.strip_prefix(code)?.strip_prefix('|')?.split_once('|')
    })
}

/// A state with its shape.
pub fn state_mark(context: Context, state: ParcelState) -> Markup {
    let gaps = [text(state.name()), text(&code(context, "state", state.name()))];
    fill("<span class=\"parcel-state\" data-state=\"{}\">{}</span>", &gaps)
}

/// A document's name.
pub fn document(context: Context, kind: DocumentKind) -> String {
    code(context, "document", kind.name())
}

/// Which documents are missing, in a few words.
pub fn without(context: Context, missing: &[DocumentKind]) -> String {
    let names: Vec<String> = missing.iter().map(|kind| document(context, *kind)).collect();
    // The tables that know the small letter of any letter would be as large as all of this page.
    context.fill(Word::ParcelsMissing, names.join(", ").to_ascii_lowercase())
}

/// A reason's words.
pub fn reason(context: Context, reason: ParcelReason) -> String {
    code(context, "reason", reason.name())
}

/// A mode's words, or a dash.
pub fn mode(context: Context, mode: Option<ParcelMode>) -> String {
    mode.map_or_else(|| "—".to_owned(), |mode| code(context, "mode", mode.name()))
}

/// Reasons as marks; what only marks a parcel is calmer than what holds it.
pub fn reason_marks(context: Context, reasons: &[ParcelReason]) -> Markup {
    let mut marks = Vec::new();
    for one in reasons {
        let odd = !matches!(one, ParcelReason::FullTax | ParcelReason::ByOfficer);
        let class = if odd { "mark odd" } else { "mark" };
        let gaps = [text(class), text(one.name()), text(&reason(context, *one))];
        marks.push(fill("<span class=\"{}\" data-reason=\"{}\">{}</span> ", &gaps));
    }
    join(&marks)
}

/// The value of a field as a document has it: fen as yuan, codes in words.
pub fn value(context: Context, field: &str, value: &str) -> String {
    match field {
        "mode" => code(context, "mode", value),
        _ if field.ends_with("_fen") => value
            .parse()
            .map_or_else(|_| value.to_owned(), |fen| exact(context.language, fen)),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words_in_both_languages() {
        let states = ParcelState::ALL.iter().map(|code| ("state", code.name()));
        let documents = DocumentKind::ALL.iter().map(|code| ("document", code.name()));
        let reasons = ParcelReason::ALL.iter().map(|code| ("reason", code.name()));
        let modes = ParcelMode::ALL.iter().map(|code| ("mode", code.name()));
        let fields = "order buyer_name buyer_identity payer_name payer_identity amount_fen value_fen goods_fen freight_fen \
                      insurance_fen tax_fen discount_fen mode waybill payment enterprise items";
        let fields = fields.split(' ').map(|code| ("field", code));
        let steps = "document correction withdrawal state release return".split(' ');
        let steps = steps.map(|code| ("step", code));
        for (kind, code) in states
            .chain(documents)
            .chain(reasons)
            .chain(modes)
            .chain(fields)
            .chain(steps)
        {
            let found = find(kind, code);
            assert!(
                found.is_some_and(|(en, zh)| !en.is_empty() && !zh.is_empty()),
                "{kind} {code}"
            );
        }
        assert_eq!(find("reason", "order"), None);
    }
}
