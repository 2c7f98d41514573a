export const queues = {
  "queues.title": "Queues",
  "queues.unknown": "unknown",

  "queues.list.label": "Queues of {connection}",
  "queues.list.total": "{count, plural, one {{n} queue} other {{n} queues}}",
  "queues.list.matching": "{count, plural, one {{n} matches} other {{n} match}}",
  "queues.list.filter": "Filter by name",
  "queues.list.refresh": "Refresh",
  "queues.list.column.name": "Name",
  "queues.list.column.type": "Type",
  "queues.list.column.ready": "Ready",
  "queues.list.column.unacked": "Unacked",
  "queues.list.column.consumers": "Consumers",
  "queues.list.column.publish": "In / s",
  "queues.list.column.deliver": "Out / s",
  "queues.list.column.state": "State",
  "queues.list.held": "{count, plural, one {held by you: {n}} other {held by you: {n}}}",
  "queues.list.own": "This console’s own may be among them",
  "queues.list.empty.title": "No queues here",
  "queues.list.empty.text":
    "This virtual host has no queues yet. Applications usually declare their own when they start.",
  "queues.list.noMatch.title": "No queue is called like that",
  "queues.list.noMatch.text": "No name contains “{filter}”. Upper and lower case count.",
  "queues.list.noMatch.clear": "Show all queues",

  "queues.byName.text":
    "The list comes from the management API. Messages come over AMQP, which works without it: open a queue by its name.",
  "queues.byName.label": "Queue name",
  "queues.byName.open": "Open queue",
  "queues.byName.empty": "Enter the name of a queue.",

  "queues.chip.ready": "{count, plural, one {<b>{n}</b> ready} other {<b>{n}</b> ready}}",
  "queues.chip.unacked": "{count, plural, one {<b>{n}</b> unacked} other {<b>{n}</b> unacked}}",
  "queues.chip.consumers":
    "{count, plural, one {<b>{n}</b> consumer} other {<b>{n}</b> consumers}}",
  "queues.chip.consumers.own":
    "{count, plural, one {{n} more is this console’s own, until what it took is settled} other {{n} more are this console’s own, until what they took is settled}}",
  "queues.chip.consumers.unsure":
    "{count, plural, one {The broker counts {n}; whether it is this console’s own is not certain yet} other {The broker counts {n}; how many are this console’s own is not certain yet}}",
  "queues.chip.held":
    "{count, plural, one {<b>{n}</b> held by you} other {<b>{n}</b> held by you}}",
  "queues.chip.readyUnknown": "ready unknown",
  "queues.chip.unackedUnknown": "unacked unknown",
  "queues.chip.consumersUnknown": "consumers unknown",
  "queues.chip.typeUnknown": "type unknown",

  "queues.chip.at": "As of {time}",

  "queues.tab.inspect": "Inspect",
  "queues.tab.facts": "Facts",
  "queues.tabs": "Views of the queue",

  "queues.facts.title": "Facts",
  "queues.facts.type": "Type",
  "queues.facts.vhost": "Virtual host",
  "queues.facts.durable": "Durable",
  "queues.facts.durable.yes": "yes, it survives a restart of the broker",
  "queues.facts.durable.no": "no, it is gone when the broker restarts",
  "queues.facts.deadLetter": "Dead letters",
  "queues.facts.deadLetter.deleted": "<b>deleted</b>: this queue has no dead-letter target",
  "queues.facts.deadLetter.exchange": "to exchange {exchange} with the key of the message",
  "queues.facts.deadLetter.exchangeKey": "to exchange {exchange} with key {key}",
  "queues.facts.deadLetter.queue": "to queue {key}",
  "queues.facts.deadLetter.default":
    "through the default exchange, to the queue named by each message’s key",
  "queues.facts.deliveryLimit": "Delivery limit",
  "queues.facts.deliveryLimit.count": "{count, plural, one {{n} delivery} other {{n} deliveries}}",
  "queues.facts.deliveryLimit.none": "none",
  "queues.facts.waiting": "Kept back",
  "queues.facts.waiting.text":
    "{count, plural, one {{n} dead message waits: its dead-letter target is missing} other {{n} dead messages wait: their dead-letter target is missing}}",
  "queues.facts.access": "Consumers allowed",
  "queues.facts.access.any": "any number, side by side",
  "queues.facts.access.exclusive": "only the connection that declared it (exclusive)",
  "queues.facts.access.single": "one at a time (single active consumer)",
  "queues.facts.state": "State",
  "queues.facts.policy": "Policy",
  "queues.facts.policy.none": "none",
  "queues.facts.arguments": "Arguments",
  "queues.facts.arguments.none": "none",
  "queues.facts.missing": "What is missing",

  "queues.hold.open": "Hold…",
  "queues.hold.title": "Hold messages from {queue}",
  "queues.hold.count": "How many messages",
  "queues.hold.count.problem": "A number from 1 to {max}.",
  "queues.hold.ready": "{count, plural, one {{n} ready} other {{n} ready}}",
  "queues.hold.readyUnknown": "how many are ready is not known",
  "queues.hold.cost": "Cost",
  "queues.hold.cost.order":
    "no look is counted: messages can be returned as often as you like; at most they lose their place in the queue",
  "queues.hold.cost.one_look": "returning a message takes one of its looks",
  "queues.hold.left": "Looks left",
  "queues.hold.left.between":
    "{least} to {most} on each; how many exactly is known when a message is held",
  "queues.hold.left.same": "{most} on each",
  "queues.hold.cost.unknown":
    "unknown: nothing tells whether this queue counts returns, so one message is taken first to find out",
  "queues.hold.after": "After the last look",
  "queues.hold.after.deleted":
    "the return <b>deletes</b> the message: this queue has no dead-letter target",
  "queues.hold.after.exchange": "dead-lettered to exchange {exchange}",
  "queues.hold.after.queue": "dead-lettered to queue {key}",
  "queues.hold.after.default": "dead-lettered through the default exchange",
  "queues.hold.after.unknown": "unknown: it may be dead-lettered or deleted",
  "queues.hold.effect": "Effect",
  "queues.hold.consumers": "Consumers",
  "queues.hold.consumers.none": "none: nothing else takes these messages",
  "queues.hold.consumers.some":
    "{count, plural, one {{n} takes messages from this queue now} other {{n} take messages from this queue now}}",
  "queues.hold.consumers.unknown": "unknown",
  "queues.hold.longest": "At most",
  "queues.hold.longest.text": "{time}, then what is held is returned automatically",
  "queues.hold.longest.known":
    "{time}, then what is held is returned automatically; it is 80% of the {allowed} that this queue allows",
  "queues.hold.longest.unlock":
    "{time}, when the unlock ends; what is held is then returned automatically",
  "queues.hold.longest.held":
    "{time}, like what is held already; all of it is then returned automatically",
  "queues.hold.mode": "How",
  "queues.hold.mode.copy": "copy",
  "queues.hold.mode.hold": "hold",
  "queues.hold.mode.copy.text":
    "messages are copied and returned at once, because the queue is being consumed; the copies can be read, and to settle a message, hold it",
  "queues.hold.mode.hold.text":
    "messages stay unseen by applications until you return or remove them",
  "queues.hold.mode.hold.live":
    "messages stay unseen by the applications that consume this queue until you return or remove them",
  "queues.hold.confirm": "Hold {count, plural, one {#} other {#}}",
  "queues.hold.confirmCopy": "Copy {count, plural, one {#} other {#}}",
  "queues.hold.cancel": "Cancel",
  "queues.hold.sent": "The messages are asked for already. They are shown here as they come.",
  "queues.refused.title": "The messages of this queue cannot be held",
  "queues.refused.again": "Look again",
  "queues.refused.why.stream":
    "It is a stream: reading one takes nothing out of it, so there is nothing to hold.",
  "queues.refused.do.stream": "Its length, its consumers and its settings are under Facts.",
  "queues.refused.why.other_type":
    "It is of type {kind}, and this console does not know how that type takes messages back.",
  "queues.refused.do.other_type": "Its counts and its settings are under Facts.",
  "queues.refused.why.exclusive":
    "It is exclusive: only the connection that declared it may take its messages.",
  "queues.refused.do.exclusive":
    "Ask the application that declared it. When that connection closes, the broker deletes the queue with what is in it.",
  "queues.refused.why.down":
    "It is “{state}”: the node that has it, or the majority of its members, is away.",
  "queues.refused.do.down": "Bring the node back, then look again.",
  "queues.refused.why.single_active_consumer":
    "It gives its messages to a single active consumer: a look would wait behind that one and see nothing.",
  "queues.refused.do.single_active_consumer": "Stop that consumer, then look again.",
  "queues.refused.why.exclusive_consumer": "One of its consumers asked to be the only one.",
  "queues.refused.do.exclusive_consumer": "Stop that consumer, then look again.",
  "queues.refused.why.permission": "The user of this connection may not read this queue.",
  "queues.refused.do.permission":
    "Ask whoever administers the broker for the read permission on it, or use a connection with another user.",
  "queues.hold.notes": "Before you hold",
  "queues.hold.note.live_consumers":
    "Applications consume this queue: what is looked at is missing to them for a moment, and comes to them marked as redelivered.",
  "queues.hold.note.consumers_unknown": "Whether applications consume this queue is not known.",
  "queues.hold.note.returns_to_back": "Returned messages go to the back of the queue.",
  "queues.hold.note.returns_delayed": "A policy delays returned messages.",
  "queues.hold.note.facts_unknown":
    "Without the management API neither the type nor the limits of this queue are known.",
  "queues.hold.note.timeout_assumed":
    "{time} is 80% of the {allowed} that brokers usually allow. What this one allows cannot be asked.",
  "queues.hold.empty": "The queue gave no message: nothing is ready.",
  "queues.hold.readOnly":
    "{connection} is read-only: holding hides messages from applications, so it needs an unlock.",
  "queues.hold.unlock": "Unlock…",
  "queues.hold.notConnected": "{connection} is not connected.",

  "queues.start.title": "Nothing is held",
  "queues.start.text":
    "Hold some messages to read them. They are unseen by applications meanwhile; what that costs is shown before anything is taken.",

  "queues.banner.label": "What is held",
  "queues.banner.taking": "<b>Taking messages…</b> {n} so far",
  "queues.banner.holding":
    "{count, plural, one {<b>Holding {n} message</b>, unseen by applications.} other {<b>Holding {n} messages</b>, unseen by applications.}}",
  "queues.banner.returned.time": "Returned automatically in <b>{time}</b>",
  "queues.banner.returned.unlock": "Returned automatically in <b>{time}</b>, when the unlock ends",
  "queues.banner.returnedNow": "Being returned now",
  "queues.banner.returnedNever": "Held until you return them",
  "queues.banner.copied":
    "{count, plural, one {<b>{n} message copied</b> and returned at once.} other {<b>{n} messages copied</b> and returned at once.}}",
  "queues.banner.copied.then": "What you see is how they were.",
  "queues.banner.returnedAgain": "Not returned yet; tried again by itself",
  "queues.banner.stuck":
    "What was to be returned is still held, because the queue did not take it back. It is tried again every second.",
  "queues.banner.more.taking": "Messages are still being taken.",
  "queues.banner.more.released":
    "This hold takes no more: what could be returned was. Remove what is left, or replay and remove it, then hold again.",
  "queues.banner.more.full":
    "A hold has up to {n} messages. Return or remove what is held, then hold again.",
  "queues.banner.more": "Hold more…",
  "queues.banner.returnAll": "Return all",
  "queues.banner.drop": "Clear the list",
  "queues.banner.dropFailed": "The list was not cleared",
  "queues.banner.ended": "<b>This hold has ended.</b> The rows are a snapshot of what was held.",
  "queues.banner.end.nothing_taken": "The queue gave no message.",
  "queues.banner.end.queue_deleted": "The queue was deleted, and what was held with it.",
  "queues.banner.end.tally": "{tally}.",
  "queues.banner.end.tally.settled": "Every message was settled: {tally}.",
  "queues.banner.end.tally.queue_deleted": "The queue was deleted: {tally}.",
  "queues.banner.end.tally.grant_ended": "The unlock ended: {tally}.",
  "queues.banner.end.tally.deadline": "The time was over: {tally}.",
  "queues.banner.end.tally.abandoned": "The connection was closed: {tally}.",
  "queues.banner.tally.join": ", ",
  "queues.banner.tally.back":
    "{count, plural, one {{n} is back in the queue} other {{n} are back in the queue}}",
  "queues.banner.tally.removed": "{count, plural, one {{n} was removed} other {{n} were removed}}",
  "queues.banner.tally.deadLettered":
    "{count, plural, one {{n} was dead-lettered} other {{n} were dead-lettered}}",
  "queues.banner.tally.deletedByLimit":
    "{count, plural, one {{n} was deleted for want of looks} other {{n} were deleted for want of looks}}",
  "queues.banner.tally.deleted":
    "{count, plural, one {{n} was deleted with the queue} other {{n} were deleted with the queue}}",
  "queues.banner.tally.unknown":
    "{count, plural, one {{n} may be back or gone} other {{n} may be back or gone}}",
  "queues.banner.end.released.asked": "What was held is back in the queue.",
  "queues.banner.end.released.copied": "The messages are back in the queue.",
  "queues.banner.end.released.grant_ended": "What was held was returned, because the unlock ended.",
  "queues.banner.end.released.deadline": "What was held was returned, because its time was over.",
  "queues.banner.end.released.abandoned":
    "What was held was returned, because the connection was closed.",
  "queues.banner.take.empty": "The queue had no more messages that were ready.",
  "queues.banner.take.bytes":
    "Taking stopped early, because the bodies are large. Hold more to go on.",
  "queues.banner.take.last_look":
    "Taking stopped, because a message in its last look came. Taking more may bring more of them.",
  "queues.banner.take.stalled":
    "The queue gives none now and may have some: other consumers are quicker, messages are delayed, or the queue has no leader.",
  "queues.banner.released.asked": "Everything else still held was returned.",
  "queues.banner.released.copied": "Everything else still held was returned.",
  "queues.banner.released.grant_ended":
    "Everything else still held was returned, because the unlock ended.",
  "queues.banner.released.deadline":
    "Everything else still held was returned, because its time was over.",
  "queues.banner.released.abandoned":
    "Everything else still held was returned, because the connection was closed.",
  "queues.banner.inLastLook":
    "{count, plural, one {<b>{n} message has no looks left.</b> The next return would {fate} it, so it is not returned by itself; when the broker’s patience or the connection ends, it is lost nevertheless. Remove it, or replay it and remove it.} other {<b>{n} messages have no looks left.</b> The next return would {fate} them, so they are not returned by themselves; when the broker’s patience or the connection ends, they are lost nevertheless. Remove them, or replay them and remove them.}}",
  "queues.banner.diesWithConnection":
    "{count, plural, one {<b>{n} held message</b> would not survive the end of the connection: the broker would {fate} it. Return it before, or remove it.} other {<b>{n} held messages</b> would not survive the end of the connection: the broker would {fate} them. Return them before, or remove them.}}",
  "queues.banner.fate.deleted": "delete",
  "queues.banner.fate.deadLettered": "dead-letter",
  "queues.banner.fate.unknown": "dead-letter or delete",

  "queues.looks.label":
    "{count, plural, one {{left} of {limit} looks left} other {{left} of {limit} looks left}}",
  "queues.looks.worst":
    "{count, plural, one {<b>{left}</b> of {limit} looks left on the worst of them} other {<b>{left}</b> of {limit} looks left on the worst of them}}",
  "queues.looks.worstOne":
    "{count, plural, one {<b>{left}</b> of {limit} looks left} other {<b>{left}</b> of {limit} looks left}}",
  "queues.looks.join": "; ",
  "queues.looks.after.deleted": "after the last, this queue <b>deletes</b> it",
  "queues.looks.after.exchange": "after the last, it is dead-lettered to {exchange}",
  "queues.looks.after.default": "after the last, it is dead-lettered",
  "queues.looks.after.unknown": "what happens after the last is unknown",
  "queues.looks.unlimited": "unlimited looks",
  "queues.looks.spent":
    "{count, plural, =0 {looks left are unknown} one {looks left are unknown; returned {n} time so far} other {looks left are unknown; returned {n} times so far}}",
  "queues.looks.cell.unlimited": "∞",
  "queues.looks.cell": "{left} / {limit}",
  "queues.looks.none": "No looks left: the next return would {fate} this message.",

  "queues.table.label": "Held messages of {queue}",
  "queues.table.column.number": "#",
  "queues.table.column.died": "Died",
  "queues.table.column.reason": "Reason",
  "queues.table.column.from": "From",
  "queues.table.column.exception": "Exception",
  "queues.table.column.body": "Body",
  "queues.table.column.looks": "Looks",
  "queues.table.column.state": "State",
  "queues.table.column.both": "Looks / state",

  "queues.state.returned": "returned",
  "queues.state.acknowledged": "removed",
  "queues.state.settling": "settling",
  "queues.state.settling.long": "On its way back or away.",
  "queues.state.back_at_broker": "back",
  "queues.state.back_at_broker.long":
    "The connection ended, and the broker put it back into its queue. What you see is a copy from before.",
  "queues.state.deleted": "deleted",
  "queues.state.deleted.long":
    "Its queue was deleted, and it with it. What you see is the last copy, in memory only.",
  "queues.state.dead_lettered": "dead-lettered",
  "queues.state.dead_lettered.long":
    "It had no looks left: the broker dead-lettered it. What you see is a copy from before.",
  "queues.state.deleted_by_limit": "deleted",
  "queues.state.deleted_by_limit.long":
    "It had no looks left and this queue has no dead-letter target: the broker deleted it. What you see is the last copy, in memory only.",
  "queues.state.unaccounted": "unknown",
  "queues.state.unaccounted.long":
    "The connection ended, and nobody can tell whether the broker put it back, dead-lettered it or deleted it. What you see is a copy from before.",
  "queues.state.unsure": "unsure",
  "queues.state.unsure.long":
    "It was settled, but the broker’s answer was lost: it is where it was sent, or back in its queue.",
  "queues.state.returned.long": "Returned to the queue. What you see is a copy from before.",
  "queues.state.acknowledged.long":
    "Removed from the queue (acknowledged). What you see is the last copy, in memory only.",

  "queues.select.selected":
    "{count, plural, one {<b>{n} selected</b>} other {<b>{n} selected</b>}}",
  "queues.select.bar": "Selected messages",
  "queues.select.replay": "Replay {n}…",
  "queues.select.return": "Return {n}",
  "queues.select.remove": "Remove {n} (acknowledge)…",
  "queues.select.removeOf": "Remove {n} of {whole} (acknowledge)…",
  "queues.select.loading": "Selecting…",

  "queues.settled.unsure":
    "{count, plural, one {{n} unsure: it was sent, and nobody can tell whether it happened} other {{n} unsure: they were sent, and nobody can tell whether it happened}}",
  "queues.settled.sent": "It was sent and cannot be called back. How it ends is told here.",
  "queues.settled.unrecorded": "Done, but Activity could not be written: {why}",
  "queues.settled.and": "{what}; {more}",
  "queues.settled.why": "{what}: {why}",
  "queues.return.done": "{count, plural, one {{n} message returned} other {{n} messages returned}}",
  "queues.return.partly":
    "{count, plural, one {{done} returned, {failed} not} other {{done} returned, {failed} not}}",
  "queues.return.failed": "Nothing was returned",
  "queues.return.last.title": "Return to {queue}",
  "queues.return.last.text":
    "{count, plural, one {{n} of these messages has no looks left: this return would {fate} it.} other {{n} of these messages have no looks left: this return would {fate} them.}}",
  "queues.return.last.type":
    "Type {n} to return {count, plural, one {it} other {them}} all the same",
  "queues.return.last.confirm": "Return {n}",

  "queues.remove.titleCount":
    "{count, plural, one {Remove {n} message for good} other {Remove {n} messages for good}}",
  "queues.remove.from": "From",
  "queues.remove.environment": "Environment",
  "queues.remove.effect": "Effect",
  "queues.remove.effect.text":
    "{count, plural, one {It is acknowledged: the broker deletes it, and no application receives it.} other {They are acknowledged: the broker deletes them, and no application receives them.}}",
  "queues.remove.undo": "Undo",
  "queues.remove.undo.text":
    "<b>None: this is final.</b> {count, plural, one {No copy is kept. To keep one, save or replay it first.} other {No copies are kept. To keep some, save or replay them first.}}",
  "queues.remove.type": "Type the count, {count}, to allow it",
  "queues.remove.wrong": "That is not {count}.",
  "queues.remove.confirm": "Remove {n} (acknowledge)",
  "queues.remove.confirmOf": "Remove {n} of {whole} (acknowledge)",
  "queues.remove.cancel": "Keep them",
  "queues.remove.cancelOne": "Keep it",
  "queues.remove.done": "{count, plural, one {{n} message removed} other {{n} messages removed}}",
  "queues.remove.partly":
    "{count, plural, one {{done} removed, {failed} not} other {{done} removed, {failed} not}}",

  "queues.detail.label": "Message",
  "queues.detail.title": "Message {n} · {size}",
  "queues.detail.titleId": "{id} · {size}",
  "queues.detail.copy": "Copy",
  "queues.detail.copy.body": "Body",
  "queues.detail.copy.hex": "Body, as hex",
  "queues.detail.copy.base64": "Body, as Base64",
  "queues.detail.copy.json": "Whole message, as JSON",
  "queues.detail.save": "Save…",
  "queues.detail.saved": "The body is saved",
  "queues.detail.saveFailed": "The body was not saved",
  "queues.detail.tab.story": "Story",
  "queues.detail.tab.body": "Body",
  "queues.detail.tab.properties": "Properties",
  "queues.detail.tab.headers": "Headers",
  "queues.detail.tab.raw": "Raw",
  "queues.detail.tabs": "Parts of the message",
  "queues.detail.body": "Body",
  "queues.detail.headers.none": "This message has no headers.",
  "queues.detail.headers.name": "Name",
  "queues.detail.headers.value": "Value",
  "queues.detail.headers.cut": "cut; copying the message as JSON takes all of it",
  "queues.detail.headers.omitted":
    "{count, plural, one {and {shown} more line} other {and {shown} more lines}}; copying the message as JSON takes all of them",
  "queues.detail.properties.exchange": "exchange",
  "queues.detail.properties.defaultExchange": "default exchange",
  "queues.detail.properties.routingKey": "routing key",
  "queues.detail.properties.redelivered": "redelivered",
  "queues.detail.properties.redelivered.yes": "yes, it was delivered before",
  "queues.detail.properties.redelivered.no": "no",
  "queues.detail.properties.size": "body size",
  "queues.detail.properties.persistent": "{value} (persistent)",
  "queues.detail.properties.transient": "{value} (transient)",
  "queues.detail.properties.looks": "looks",
  "queues.detail.properties.delivery": "Delivery",
  "queues.detail.properties.set": "Properties that are set",
  "queues.detail.properties.none": "No property is set.",

  "queues.story.label": "What happened to this message",
  "queues.story.empty":
    "Nothing in this message says what happened to it: it was published, and is still here.",
  "queues.story.notRecorded": "{what}: not recorded",
  "queues.story.missing.at": "when",
  "queues.story.missing.last_at": "when the last time",
  "queues.story.missing.count": "how often",
  "queues.story.missing.by": "by whom",
  "queues.story.missing.queue": "which queue",
  "queues.story.missing.exchange": "which exchange",
  "queues.story.missing.routing_keys": "which routing keys",
  "queues.story.missing.reason": "why",
  "queues.story.unread": "unreadable: {places}",
  "queues.story.firstTime": "first {at}",
  "queues.story.times": "{count, plural, one {{n} time} other {{n} times}}",
  "queues.story.somewhere": "an unknown queue",
  "queues.story.defaultExchange": "the default exchange",
  "queues.story.replayed": "<b>Replayed</b> by this console",
  "queues.story.replayed.copy": "<b>Replayed</b> by this console, copy {reason}",
  "queues.story.published": "<b>Published</b>",
  "queues.story.published.exchange": "<b>Published</b> to exchange {exchange}",
  "queues.story.published.key": "<b>Published</b> to exchange {exchange} with key {keys}",
  "queues.story.published.default": "<b>Published</b> straight to queue {keys}",
  "queues.story.routed": "<b>Routed</b> to {queue}",
  "queues.story.failed": "<b>Failed</b>",
  "queues.story.failed.detail": "<b>Failed</b>: {detail}",
  "queues.story.rejected": "<b>Rejected</b> by a consumer of {queue}",
  "queues.story.expired": "<b>Expired</b> in {queue}",
  "queues.story.expired.after": "<b>Expired</b> in {queue}, {time} after it came there",
  "queues.story.max_length": "<b>Dropped</b> by the length limit of {queue}",
  "queues.story.delivery_limit":
    "<b>Delivered too often</b>: the delivery limit of {queue} was reached",
  "queues.story.died": "<b>Died</b> in {queue}",
  "queues.story.died.reason": "<b>Died</b> in {queue}, reason {reason}",
  "queues.story.dead_lettered": "<b>Dead-lettered</b> to {queue}",
  "queues.story.dead_lettered.through":
    "<b>Dead-lettered</b> to {queue} through exchange {exchange}",
  "queues.story.dead_lettered.here": "<b>Dead-lettered</b> here",
  "queues.story.dead_lettered.here.through":
    "<b>Dead-lettered</b> here through exchange {exchange}",
  "queues.story.republished":
    "<b>Published again</b> to {queue} by the application, after a failure",
  "queues.story.returned": "<b>Returned</b> to {queue}",
  "queues.story.omitted":
    "{count, plural, one {<b>{n} older death</b> is recorded and left out here} other {<b>{n} older deaths</b> are recorded and left out here}}",
  "queues.story.unreadable": "<b>Unreadable</b>: a header that should tell more",
} as const;
