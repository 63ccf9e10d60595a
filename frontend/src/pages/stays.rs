//! `/stays?…`: the stays behind a figure, and `/stays/{id}`, which leads to the trail of its container.

use crate::address::{Page, Query};
use crate::client::{CallError, calls};
use crate::components::number::{container_link, slot_link};
use crate::components::states::{Failed, Loading, empty};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::stay::Stay;

const PAGE: &str = "200";

/// What has been fetched so far.
#[derive(Clone, Default)]
struct Fetched {
    items: Vec<Stay>,
    next: Option<String>,
}

/// The stays of the filters in the address.
#[component]
pub fn Stays() -> impl IntoView {
    let context = context();
    move || {
        // Another filter is another list.
        let query = context
            .address
            .query()
            .only(|name| name != "lang" && name != "theme");
        list(context, query)
    }
}

fn list(context: Context, query: Query) -> impl IntoView {
    let fetched = RwSignal::new(None::<Fetched>);
    let failed = RwSignal::new(None::<CallError>);
    let csv = format!("/api/v1/stays{}", query.clone().with("format", Some("csv")));
    let filters: Vec<_> = query
        .iter()
        .map(|(name, value)| view! { <span class="mark">{format!("{name} = {value}")}</span> })
        .collect();
    let fetch = move |cursor: Option<String>| {
        let query = query
            .clone()
            .with("limit", Some(PAGE))
            .with("cursor", cursor.as_deref());
        spawn_local(async move {
            match calls::stays(query).await {
                Ok(answer) => {
                    let _ = failed.try_set(None);
                    let _ = fetched.try_update(|fetched| {
                        let fetched = fetched.get_or_insert_default();
                        fetched.items.extend(answer.items);
                        fetched.next = answer.next;
                    });
                }
                Err(error) => {
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    };
    fetch(None);
    let fetch = StoredValue::new_local(fetch);
    let more = move || {
        let cursor =
            fetched.with_untracked(|fetched| fetched.as_ref().and_then(|fetched| fetched.next.clone()));
        fetch.with_value(|fetch| fetch(cursor));
    };
    let has_more =
        move || fetched.with(|fetched| fetched.as_ref().is_some_and(|fetched| fetched.next.is_some()));
    let count = move || {
        let (count, more) = fetched.with(|fetched| {
            fetched.as_ref().map_or((0, false), |fetched| {
                (fetched.items.len(), fetched.next.is_some())
            })
        });
        context.fill(
            if more {
                Word::AlarmCountMore
            } else {
                Word::AlarmCount
            },
            format::whole(count as u64),
        )
    };
    view! {
        <section class="page">
            <div class="page-head">
                <h1>{context.say(Word::StaysFor)} " " <span class="count">{count}</span></h1>
                <a class="button" href=csv download="stays.csv">{context.say(Word::ExportCsv)}</a>
            </div>
            <div class="filters">{filters}</div>
            {move || failed.get().map(|error| view! { <Failed error on_retry=more/> })}
            {move || fetched.with(|fetched| match fetched {
                None if failed.with(Option::is_some) => ().into_any(),
                None => Loading().into_any(),
                Some(fetched) if fetched.items.is_empty() => empty(context.say(Word::NoStays)).into_any(),
                Some(fetched) => table(context, &fetched.items).into_any(),
            })}
            <Show when=has_more>
                <button type="button" class="more" on:click=move |_| more()>{context.say(Word::More)}</button>
            </Show>
        </section>
    }
}

fn table(context: Context, stays: &[Stay]) -> impl IntoView + use<> {
    let heads = [
        Word::ContainerNumber,
        Word::DirectionColumn,
        Word::Cargo,
        Word::Mode,
        Word::Channel,
        Word::SizeType,
        Word::BillOfLading,
        Word::Voyage,
        Word::Status,
        Word::Slot,
        Word::Began,
        Word::Ended,
        Word::ClearanceTime,
    ];
    let heads = heads.map(|word| view! { <th scope="col">{context.say(word)}</th> });
    let rows = stays.iter().map(|stay| row(context, stay));
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Stays)>
            <table class="data">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(context: Context, stay: &Stay) -> impl IntoView + use<> {
    let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    view! {
        <tr data-stay=stay.id.clone()>
            <td>{container_link(context, &stay.container, stay.container_verified)}</td>
            <td>{stay.direction.map_or("—", |direction| context.term(direction))}</td>
            <td>{context.term(stay.cargo)}</td>
            <td>{context.term(stay.mode)}</td>
            <td>{context.term(stay.channel)}</td>
            <td>{dash(&stay.size_type)}</td>
            <td>{dash(&stay.bill_of_lading)}</td>
            <td>{dash(&stay.voyage)}</td>
            <td>{context.term(stay.status)}</td>
            <td>{slot_link(context, stay.slot.as_deref(), Some(""))}</td>
            <td>{format::stamp_or_dash(stay.began_at)}</td>
            <td>{format::stamp_or_dash(stay.ended_at)}</td>
            <td class="number">{format::duration_or_dash(context.language, stay.clearance_seconds)}</td>
        </tr>
    }
}

/// Leads to the trail of a stay's container.
#[component]
pub fn StayById(
    /// The stay.
    id: String,
) -> impl IntoView {
    let context = context();
    let failed = RwSignal::new(None::<CallError>);
    let id = StoredValue::new(id);
    let load = move || {
        spawn_local(async move {
            let Some(id) = id.try_get_value() else {
                return;
            };
            match calls::stay(id).await {
                Ok(stay) => context
                    .address
                    .go(&context.address.link(&Page::Container(stay.container), &[])),
                Err(error) => {
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    };
    load();
    move || match failed.get() {
        None => Loading().into_any(),
        Some(error) => view! { <Failed error on_retry=move || load()/> }.into_any(),
    }
}
