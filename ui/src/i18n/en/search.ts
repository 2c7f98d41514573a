export const search = {
  "query.end": "To",
  "query.end.now": "End when it starts",
  "query.end.offset": "An offset",
  "query.end.time": "A time",
  "query.end.unused": "Of a search: a read goes on to its limit",
  "query.end.before": "Later than the start",
  "query.endOffset": "Before offset",
  "query.endTime": "Before ({zone})",
  "query.minutes": "Minutes",
  "query.minutes.error": "A whole number, 1 or more",
  "query.hits": "Hits at most",
  "query.search": "Search",
  "query.mode": "How to look",
  "query.mode.text": "contains",
  "query.mode.pattern": "regex",
  "query.mode.query": "query",
  "query.text.text": "Text to search for",
  "query.text.pattern": "Regular expression to search for",
  "query.text.query": "Query to search by",
  "query.placeholder.text": "Text to search for; empty to read",
  "query.placeholder.pattern": "Regular expression; empty to read",
  "query.placeholder.query": "Query; empty to read",
  "query.options": "How to compare",
  "query.case": "Match case",
  "query.word": "whole word",
  "query.places": "Where to look",
  "query.place.value": "value",
  "query.place.key": "key",
  "query.place.headers": "headers",
  "query.hint.query": "Names what it asks about: value, key, header, size, partition",
  "query.hint.pattern":
    "Matches anywhere; ^ and $ are the beginning and the end. Neither look-around nor back-references",
  "query.problem": "Cannot be searched for:",
  "query.problem.here": "(here)",
  "query.help": "Examples",
  "query.help.title": "Queries by example",
  "search.list": "Hits in {topic}",
  "search.progress": "Progress of the search",
  "search.speed": "{records} msg/s · {bytes}/s",
  "search.hits": "{count, plural, one {<b>{shown}</b> hit} other {<b>{shown}</b> hits}}",
  "search.hits.soFar":
    "{count, plural, one {<b>{shown}</b> hit so far} other {<b>{shown}</b> hits so far}}",
  "search.provisional": "order provisional",
  "search.provisional.help": "As they are found; they are ordered by time when the search ends",
  "search.more": "Find more",
  "search.continue": "Continue",
  "search.failed": "failed: what was not looked at is unknown",
  "search.end.nothing": "no hits: the range holds no offsets",
  "search.end.unproven": "ended, but not every offset of the range is accounted for",
  "search.end.limit": "limit reached: there may be more",
  "search.end.stopped": "stopped: not all of the range was looked at",
  "search.end.byte_cap": "cap on bytes reached: not all of the range was looked at",
  "search.end.time_cap": "cap on time reached: not all of the range was looked at",
  "search.end.partitions_offline": "incomplete: a partition has no leader",
  "search.end.incomplete": "incomplete: not all of the range was looked at",
  "search.none.whole":
    "{count, plural, one {no hits: the one offset of the range was looked at} other {no hits: every one of the {range} offsets was looked at}}",
  "search.none.gone": "no hits among what is left: some of the range was already gone",
  "search.none.undecided": "no hits among what could be read;",
  "search.all.whole":
    "{count, plural, one {all: the one offset of the range was looked at} other {all: every one of the {range} offsets was looked at}}",
  "search.all.gone": "all of what is left: some of the range was already gone",
  "search.all.undecided": "end of the range, among what could be read;",
  "search.outsideTime":
    "{count, plural, one {{shown} outside of the times} other {{shown} outside of the times}}",
  "search.outsideTime.help":
    "Times in a partition are not in order: these lie between the places but not between the times",
  "search.gone.help": "Retention or deletion took them before this search saw them",
  "search.undecided":
    "{count, plural, one {{shown} could not be told} other {{shown} could not be told}}",
  "search.undecided.help":
    "What was asked about could not be read in them, so nobody can say whether they are hits.",
  "search.undecided.list": "Records in {topic} that could not be told",
  "search.undecided.shown": "Records that could not be told.",
  "search.undecided.back": "Back to the hits",
  "search.undecided.show":
    "{count, plural, one {Show the one that could not be told} other {Show the {shown} that could not be told}}",
  "search.passedOver":
    "{count, plural, one {{shown} record passed over} other {{shown} records passed over}}",
  "search.passedOver.help":
    "They cannot be read, or looking at them ended the process that looks or took too long. Nobody can say whether they are what was looked for.",
  "search.passedOver.one": "{topic} · P {partition} · offset {offset}",
  "search.passedOver.span": "{topic} · P {partition} · offsets {offset} to {last}",
  "search.passedOver.more":
    "{count, plural, one {and {shown} more place} other {and {shown} more places}}",
  "search.nothing.whole": "No hits",
  "search.nothing.whole.text":
    "Nothing in the range is what was looked for. Widen the range, or look in other places.",
  "search.nothing.gone": "No hits in what is left",
  "search.nothing.gone.text":
    "Retention or deletion took some of the range. What is left has nothing of what was looked for.",
  "search.nothing.undecided": "No hits in what could be read",
  "search.nothing.undecided.text":
    "What could not be told may still be what was looked for: it is listed above.",
  "search.nothing.partial": "No hits so far",
  "search.nothing.partial.text":
    "Not all of the range was looked at, so there may be some in the rest of it.",
  "search.nothing.committed": "Records of open and aborted transactions were left out.",
  "search.histogram":
    "{count, plural, one {{shown} hit from {from} to {to}.} other {{shown} hits from {from} to {to}.}}",
  "search.histogram.most":
    "{count, plural, one {At most {shown} hit, from {from} to {to}.} other {At most {shown} hits, from {from} to {to}.}}",
  "search.histogram.choose": "Span of time to narrow the range to",
  "search.histogram.nowhere": "none; arrow keys choose one",
  "search.histogram.span":
    "{count, plural, one {{shown} hit, from {from} to {to}. Enter narrows the range to it} other {{shown} hits, from {from} to {to}. Enter narrows the range to them}}",
  "search.histogram.tip":
    "{count, plural, one {<b>{shown}</b> hit · {from} – {to}} other {<b>{shown}</b> hits · {from} – {to}}}",
  "search.histogram.untimed":
    "{count, plural, one {{shown} hit without a usable time} other {{shown} hits without a usable time}}",
  "search.moved.selection": "Rows moved, so nothing is selected any more",
  "search.moved.replay": "Rows moved meanwhile, so nothing is replayed: select them again",
  "search.moved.unseen":
    "Some of the selected rows are not loaded, and rows move when the search ends: wait for it, or stop it.",
} as const;
