import type { queues as en } from "../en/queues";
import type { Translation } from "../types";

export const queues: Translation<typeof en> = {
  "queues.title": "Files",
  "queues.unknown": "inconnu",

  "queues.list.label": "Files de {connection}",
  "queues.list.total": "{count, plural, one {{n} file} other {{n} files}}",
  "queues.list.matching": "{count, plural, one {{n} correspond} other {{n} correspondent}}",
  "queues.list.filter": "Filtrer par nom",
  "queues.list.refresh": "Actualiser",
  "queues.list.column.name": "Nom",
  "queues.list.column.type": "Type",
  "queues.list.column.ready": "Prêts",
  "queues.list.column.unacked": "Non acquittés",
  "queues.list.column.consumers": "Consommateurs",
  "queues.list.column.publish": "Entrée / s",
  "queues.list.column.deliver": "Sortie / s",
  "queues.list.column.state": "État",
  "queues.list.held": "{count, plural, one {retenu par vous : {n}} other {retenus par vous : {n}}}",
  "queues.list.own": "Ceux de cette console peuvent en faire partie",
  "queues.list.empty.title": "Aucune file ici",
  "queues.list.empty.text":
    "Cet hôte virtuel n’a pas encore de file. Les applications déclarent d’ordinaire les leurs à leur démarrage.",
  "queues.list.noMatch.title": "Aucune file ne porte ce nom",
  "queues.list.noMatch.text":
    "Aucun nom ne contient « {filter} ». Majuscules et minuscules comptent.",
  "queues.list.noMatch.clear": "Afficher toutes les files",

  "queues.byName.text":
    "La liste vient de l’API d’administration. Les messages passent par AMQP, qui fonctionne sans elle : ouvrez une file par son nom.",
  "queues.byName.label": "Nom de la file",
  "queues.byName.open": "Ouvrir la file",
  "queues.byName.empty": "Saisissez le nom d’une file.",

  "queues.chip.ready": "{count, plural, one {<b>{n}</b> prêt} other {<b>{n}</b> prêts}}",
  "queues.chip.unacked":
    "{count, plural, one {<b>{n}</b> non acquitté} other {<b>{n}</b> non acquittés}}",
  "queues.chip.consumers":
    "{count, plural, one {<b>{n}</b> consommateur} other {<b>{n}</b> consommateurs}}",
  "queues.chip.consumers.own":
    "{count, plural, one {{n} de plus est à cette console, jusqu’à ce que ce qu’il a pris soit traité} other {{n} de plus sont à cette console, jusqu’à ce que ce qu’ils ont pris soit traité}}",
  "queues.chip.consumers.unsure":
    "{count, plural, one {Le broker en compte {n} ; il n’est pas encore certain qu’il soit à cette console} other {Le broker en compte {n} ; le nombre de ceux de cette console n’est pas encore certain}}",
  "queues.chip.held":
    "{count, plural, one {<b>{n}</b> retenu par vous} other {<b>{n}</b> retenus par vous}}",
  "queues.chip.readyUnknown": "prêts : inconnu",
  "queues.chip.unackedUnknown": "non acquittés : inconnu",
  "queues.chip.consumersUnknown": "consommateurs : inconnu",
  "queues.chip.typeUnknown": "type inconnu",

  "queues.chip.at": "État à {time}",

  "queues.tab.inspect": "Inspecter",
  "queues.tab.facts": "Détails",
  "queues.tabs": "Vues de la file",

  "queues.facts.title": "Détails",
  "queues.facts.type": "Type",
  "queues.facts.vhost": "Hôte virtuel",
  "queues.facts.durable": "Durable",
  "queues.facts.durable.yes": "oui, elle survit à un redémarrage du broker",
  "queues.facts.durable.no": "non, elle disparaît au redémarrage du broker",
  "queues.facts.deadLetter": "Mise au rebut",
  "queues.facts.deadLetter.deleted": "<b>suppression</b> : cette file n’a pas de cible de rebut",
  "queues.facts.deadLetter.exchange": "vers l’exchange {exchange} avec la clé du message",
  "queues.facts.deadLetter.exchangeKey": "vers l’exchange {exchange} avec la clé {key}",
  "queues.facts.deadLetter.queue": "vers la file {key}",
  "queues.facts.deadLetter.default":
    "par l’exchange par défaut, vers la file que nomme la clé de chaque message",
  "queues.facts.deliveryLimit": "Limite de livraisons",
  "queues.facts.deliveryLimit.count": "{count, plural, one {{n} livraison} other {{n} livraisons}}",
  "queues.facts.deliveryLimit.none": "aucune",
  "queues.facts.waiting": "Gardés en attente",
  "queues.facts.waiting.text":
    "{count, plural, one {{n} message mort attend : sa cible de rebut manque} other {{n} messages morts attendent : leur cible de rebut manque}}",
  "queues.facts.access": "Consommateurs admis",
  "queues.facts.access.any": "un nombre quelconque, côte à côte",
  "queues.facts.access.exclusive": "seulement la connexion qui l’a déclarée (exclusive)",
  "queues.facts.access.single": "un seul à la fois (single active consumer)",
  "queues.facts.state": "État",
  "queues.facts.policy": "Politique",
  "queues.facts.policy.none": "aucune",
  "queues.facts.arguments": "Arguments",
  "queues.facts.arguments.none": "aucun",
  "queues.facts.missing": "Ce qui manque",

  "queues.hold.open": "Retenir…",
  "queues.hold.title": "Retenir des messages de {queue}",
  "queues.hold.count": "Combien de messages",
  "queues.hold.count.problem": "Un nombre de 1 à {max}.",
  "queues.hold.ready": "{count, plural, one {{n} prêt} other {{n} prêts}}",
  "queues.hold.readyUnknown": "le nombre de messages prêts n’est pas connu",
  "queues.hold.cost": "Coût",
  "queues.hold.cost.order":
    "aucune consultation n’est comptée : les messages peuvent être rendus aussi souvent que vous voulez ; au pire, ils perdent leur place dans la file",
  "queues.hold.cost.one_look": "rendre un message consomme l’une de ses consultations",
  "queues.hold.left": "Consultations restantes",
  "queues.hold.left.between":
    "{least} à {most} pour chacun ; le nombre exact est connu quand un message est retenu",
  "queues.hold.left.same": "{most} pour chacun",
  "queues.hold.cost.unknown":
    "inconnu : rien ne dit si cette file compte les retours, un message est donc d’abord pris seul pour le savoir",
  "queues.hold.after": "Après la dernière consultation",
  "queues.hold.after.deleted":
    "le retour <b>supprime</b> le message : cette file n’a pas de cible de rebut",
  "queues.hold.after.exchange": "mis au rebut vers l’exchange {exchange}",
  "queues.hold.after.queue": "mis au rebut vers la file {key}",
  "queues.hold.after.default": "mis au rebut par l’exchange par défaut",
  "queues.hold.after.unknown": "inconnu : mis au rebut ou supprimé",
  "queues.hold.effect": "Effet",
  "queues.hold.consumers": "Consommateurs",
  "queues.hold.consumers.none": "aucun : personne d’autre ne prend ces messages",
  "queues.hold.consumers.some":
    "{count, plural, one {{n} prend des messages de cette file en ce moment} other {{n} prennent des messages de cette file en ce moment}}",
  "queues.hold.consumers.unknown": "inconnu",
  "queues.hold.longest": "Au plus",
  "queues.hold.longest.text": "{time}, puis ce qui est retenu est rendu automatiquement",
  "queues.hold.longest.known":
    "{time}, puis ce qui est retenu est rendu automatiquement ; c’est 80 % des {allowed} que permet cette file",
  "queues.hold.longest.unlock":
    "{time}, à la fin du déverrouillage ; ce qui est retenu est alors rendu automatiquement",
  "queues.hold.longest.held":
    "{time}, comme ce qui est déjà retenu ; tout est alors rendu automatiquement",
  "queues.hold.mode": "Manière",
  "queues.hold.mode.copy": "copier",
  "queues.hold.mode.hold": "retenir",
  "queues.hold.mode.copy.text":
    "les messages sont copiés et rendus aussitôt, car la file est consommée ; les copies peuvent être lues et, pour traiter un message, retenez-le",
  "queues.hold.mode.hold.text":
    "les applications ne voient plus ces messages jusqu’à ce que vous les rendiez ou les retiriez",
  "queues.hold.mode.hold.live":
    "les applications qui consomment cette file ne voient plus ces messages jusqu’à ce que vous les rendiez ou les retiriez",
  "queues.hold.confirm": "Retenir {count, plural, one {#} other {#}}",
  "queues.hold.confirmCopy": "Copier {count, plural, one {#} other {#}}",
  "queues.hold.cancel": "Annuler",
  "queues.hold.sent":
    "Les messages sont déjà demandés. Ils apparaissent ici à mesure qu’ils arrivent.",
  "queues.refused.title": "Les messages de cette file ne peuvent pas être retenus",
  "queues.refused.again": "Vérifier de nouveau",
  "queues.refused.why.stream":
    "C’est un stream : le lire n’en retire rien, il n’y a donc rien à retenir.",
  "queues.refused.do.stream": "Sa longueur, ses consommateurs et ses réglages sont sous Détails.",
  "queues.refused.why.other_type":
    "Elle est de type {kind}, et cette console ne sait pas comment ce type reprend des messages.",
  "queues.refused.do.other_type": "Ses compteurs et ses réglages sont sous Détails.",
  "queues.refused.why.exclusive":
    "Elle est exclusive : seule la connexion qui l’a déclarée peut en prendre les messages.",
  "queues.refused.do.exclusive":
    "Adressez-vous à l’application qui l’a déclarée. Quand cette connexion se ferme, le broker supprime la file avec son contenu.",
  "queues.refused.why.down":
    "Son état est « {state} » : le nœud qui la porte, ou la majorité de ses membres, est absent.",
  "queues.refused.do.down": "Remettez le nœud en service, puis vérifiez de nouveau.",
  "queues.refused.why.single_active_consumer":
    "Elle donne ses messages à un seul consommateur actif : une consultation attendrait derrière lui et ne verrait rien.",
  "queues.refused.do.single_active_consumer": "Arrêtez ce consommateur, puis vérifiez de nouveau.",
  "queues.refused.why.exclusive_consumer": "L’un de ses consommateurs a demandé à être le seul.",
  "queues.refused.do.exclusive_consumer": "Arrêtez ce consommateur, puis vérifiez de nouveau.",
  "queues.refused.why.permission":
    "L’utilisateur de cette connexion n’a pas le droit de lire cette file.",
  "queues.refused.do.permission":
    "Demandez à la personne qui administre le broker le droit de lecture sur cette file, ou utilisez une connexion avec un autre utilisateur.",
  "queues.hold.notes": "Avant de retenir",
  "queues.hold.note.live_consumers":
    "Des applications consomment cette file : ce qui est consulté leur manque un instant, puis leur parvient marqué comme déjà livré.",
  "queues.hold.note.consumers_unknown": "On ne sait pas si des applications consomment cette file.",
  "queues.hold.note.returns_to_back": "Les messages rendus passent à la fin de la file.",
  "queues.hold.note.returns_delayed": "Une politique retarde les messages rendus.",
  "queues.hold.note.facts_unknown":
    "Sans l’API d’administration, ni le type ni les limites de cette file ne sont connus.",
  "queues.hold.note.timeout_assumed":
    "{time}, c’est 80 % des {allowed} que permettent d’ordinaire les brokers. Ce que celui-ci permet ne peut pas être vérifié.",
  "queues.hold.empty": "La file n’a donné aucun message : rien n’est prêt.",
  "queues.hold.readOnly":
    "{connection} est en lecture seule : retenir cache des messages aux applications, il faut donc déverrouiller.",
  "queues.hold.unlock": "Déverrouiller…",
  "queues.hold.notConnected": "{connection} n’est pas connectée.",

  "queues.start.title": "Rien n’est retenu",
  "queues.start.text":
    "Retenez quelques messages pour les lire. Les applications ne les voient pas pendant ce temps ; le coût est affiché avant que rien ne soit pris.",

  "queues.banner.label": "Ce qui est retenu",
  "queues.banner.taking": "<b>Prise des messages…</b> {n} jusqu’ici",
  "queues.banner.holding":
    "{count, plural, one {<b>{n} message retenu</b>, invisible aux applications.} other {<b>{n} messages retenus</b>, invisibles aux applications.}}",
  "queues.banner.returned.time": "Retour automatique dans <b>{time}</b>",
  "queues.banner.returned.unlock":
    "Retour automatique dans <b>{time}</b>, à la fin du déverrouillage",
  "queues.banner.returnedNow": "Retour en cours",
  "queues.banner.returnedNever": "Retenus jusqu’à ce que vous les rendiez",
  "queues.banner.copied":
    "{count, plural, one {<b>{n} message copié</b> et rendu aussitôt.} other {<b>{n} messages copiés</b> et rendus aussitôt.}}",
  "queues.banner.copied.then": "Vous voyez ce qu’ils étaient.",
  "queues.banner.returnedAgain": "Pas encore rendus ; nouvel essai automatique",
  "queues.banner.stuck":
    "Ce qui devait être rendu est encore retenu, car la file ne l’a pas repris. Un nouvel essai a lieu chaque seconde.",
  "queues.banner.more.taking": "Des messages sont encore en train d’être pris.",
  "queues.banner.more.released":
    "Cette retenue ne prend plus rien : ce qui pouvait être rendu l’a été. Retirez ce qui reste, ou rejouez-le puis retirez-le, puis retenez de nouveau.",
  "queues.banner.more.full":
    "Une retenue compte au plus {n} messages. Rendez ou retirez ce qui est retenu, puis retenez de nouveau.",
  "queues.banner.more": "En retenir d’autres…",
  "queues.banner.returnAll": "Tout rendre",
  "queues.banner.drop": "Vider la liste",
  "queues.banner.dropFailed": "La liste n’a pas été vidée",
  "queues.banner.ended":
    "<b>Cette retenue est terminée.</b> Les lignes montrent ce qui avait été retenu.",
  "queues.banner.end.nothing_taken": "La file n’a donné aucun message.",
  "queues.banner.end.queue_deleted": "La file a été supprimée, et ce qui était retenu avec elle.",
  "queues.banner.end.tally": "{tally}.",
  "queues.banner.end.tally.settled": "Chaque message a été traité : {tally}.",
  "queues.banner.end.tally.queue_deleted": "La file a été supprimée : {tally}.",
  "queues.banner.end.tally.grant_ended": "Le déverrouillage s’est terminé : {tally}.",
  "queues.banner.end.tally.deadline": "Le temps était écoulé : {tally}.",
  "queues.banner.end.tally.abandoned": "La connexion a été fermée : {tally}.",
  "queues.banner.tally.join": ", ",
  "queues.banner.tally.back":
    "{count, plural, one {{n} est de nouveau dans la file} other {{n} sont de nouveau dans la file}}",
  "queues.banner.tally.removed":
    "{count, plural, one {{n} a été retiré} other {{n} ont été retirés}}",
  "queues.banner.tally.deadLettered":
    "{count, plural, one {{n} a été mis au rebut} other {{n} ont été mis au rebut}}",
  "queues.banner.tally.deletedByLimit":
    "{count, plural, one {{n} a été supprimé faute de consultation restante} other {{n} ont été supprimés faute de consultation restante}}",
  "queues.banner.tally.deleted":
    "{count, plural, one {{n} a été supprimé avec la file} other {{n} ont été supprimés avec la file}}",
  "queues.banner.tally.unknown":
    "{count, plural, one {{n} est peut-être de retour ou perdu} other {{n} sont peut-être de retour ou perdus}}",
  "queues.banner.end.released.asked": "Ce qui était retenu est de nouveau dans la file.",
  "queues.banner.end.released.copied": "Les messages sont de nouveau dans la file.",
  "queues.banner.end.released.grant_ended":
    "Ce qui était retenu a été rendu, car le déverrouillage s’est terminé.",
  "queues.banner.end.released.deadline":
    "Ce qui était retenu a été rendu, car le temps était écoulé.",
  "queues.banner.end.released.abandoned":
    "Ce qui était retenu a été rendu, car la connexion a été fermée.",
  "queues.banner.take.empty": "La file n’avait plus de message prêt.",
  "queues.banner.take.bytes":
    "La prise s’est arrêtée plus tôt, car les corps sont volumineux. Retenez-en d’autres pour continuer.",
  "queues.banner.take.last_look":
    "La prise s’est arrêtée, car un message à sa dernière consultation est arrivé. En prendre plus peut en amener d’autres.",
  "queues.banner.take.stalled":
    "La file n’en donne pas pour l’instant et en a peut-être : d’autres consommateurs sont plus rapides, les messages sont retardés, ou la file n’a pas de leader.",
  "queues.banner.released.asked": "Tout ce qui était encore retenu par ailleurs a été rendu.",
  "queues.banner.released.copied": "Tout ce qui était encore retenu par ailleurs a été rendu.",
  "queues.banner.released.grant_ended":
    "Tout ce qui était encore retenu par ailleurs a été rendu, car le déverrouillage s’est terminé.",
  "queues.banner.released.deadline":
    "Tout ce qui était encore retenu par ailleurs a été rendu, car le temps était écoulé.",
  "queues.banner.released.abandoned":
    "Tout ce qui était encore retenu par ailleurs a été rendu, car la connexion a été fermée.",
  "queues.banner.inLastLook":
    "{count, plural, one {<b>{n} message n’a plus de consultation.</b> Le prochain retour {fate}, il n’est donc pas rendu de lui-même ; quand la patience du broker ou la connexion prend fin, il est perdu malgré tout. Retirez-le, ou rejouez-le puis retirez-le.} other {<b>{n} messages n’ont plus de consultation.</b> Le prochain retour {fate}, ils ne sont donc pas rendus d’eux-mêmes ; quand la patience du broker ou la connexion prend fin, ils sont perdus malgré tout. Retirez-les, ou rejouez-les puis retirez-les.}}",
  "queues.banner.diesWithConnection":
    "{count, plural, one {<b>{n} message retenu</b> ne survivrait pas à la fin de la connexion : le broker {fate} alors. Rendez-le avant, ou retirez-le.} other {<b>{n} messages retenus</b> ne survivraient pas à la fin de la connexion : le broker {fate} alors. Rendez-les avant, ou retirez-les.}}",
  "queues.banner.fate.deleted": "supprimerait ce qu’il rend",
  "queues.banner.fate.deadLettered": "mettrait au rebut ce qu’il rend",
  "queues.banner.fate.unknown": "mettrait au rebut ou supprimerait ce qu’il rend",

  "queues.looks.label":
    "{count, plural, one {{left} consultation restante sur {limit}} other {{left} consultations restantes sur {limit}}}",
  "queues.looks.worst":
    "{count, plural, one {<b>{left}</b> consultation restante sur {limit} pour celui qui en a le moins} other {<b>{left}</b> consultations restantes sur {limit} pour celui qui en a le moins}}",
  "queues.looks.worstOne":
    "{count, plural, one {<b>{left}</b> consultation restante sur {limit}} other {<b>{left}</b> consultations restantes sur {limit}}}",
  "queues.looks.join": " ; ",
  "queues.looks.after.deleted": "après la dernière, cette file le <b>supprime</b>",
  "queues.looks.after.exchange": "après la dernière, il est mis au rebut vers {exchange}",
  "queues.looks.after.default": "après la dernière, il est mis au rebut",
  "queues.looks.after.unknown": "ce qui suit la dernière est inconnu",
  "queues.looks.unlimited": "consultations illimitées",
  "queues.looks.spent":
    "{count, plural, =0 {consultations restantes inconnues} one {consultations restantes inconnues ; rendu {n} fois jusqu’ici} other {consultations restantes inconnues ; rendu {n} fois jusqu’ici}}",
  "queues.looks.cell.unlimited": "∞",
  "queues.looks.cell": "{left} / {limit}",
  "queues.looks.none": "Plus de consultation : pour ce message, le prochain retour {fate}.",

  "queues.table.label": "Messages retenus de {queue}",
  "queues.table.column.number": "#",
  "queues.table.column.died": "Rebut",
  "queues.table.column.reason": "Cause",
  "queues.table.column.from": "Depuis",
  "queues.table.column.exception": "Exception",
  "queues.table.column.body": "Corps",
  "queues.table.column.looks": "Consultations",
  "queues.table.column.state": "État",
  "queues.table.column.both": "Consult. / état",

  "queues.state.returned": "rendu",
  "queues.state.acknowledged": "retiré",
  "queues.state.settling": "en cours",
  "queues.state.settling.long": "En train d’être rendu ou retiré.",
  "queues.state.back_at_broker": "de retour",
  "queues.state.back_at_broker.long":
    "La connexion s’est terminée et le broker l’a remis dans sa file. Vous voyez une copie faite avant.",
  "queues.state.deleted": "supprimé",
  "queues.state.deleted.long":
    "Sa file a été supprimée, et lui avec elle. Vous voyez la dernière copie, en mémoire seulement.",
  "queues.state.dead_lettered": "mis au rebut",
  "queues.state.dead_lettered.long":
    "Il ne lui restait aucune consultation : le broker l’a mis au rebut. Vous voyez une copie d’avant.",
  "queues.state.deleted_by_limit": "supprimé",
  "queues.state.deleted_by_limit.long":
    "Il ne lui restait aucune consultation et cette file n’a pas de rebut : le broker l’a supprimé. Vous voyez la dernière copie, en mémoire seulement.",
  "queues.state.unaccounted": "inconnu",
  "queues.state.unaccounted.long":
    "La connexion a pris fin, et personne ne peut dire si le broker l’a rendu à la file, mis au rebut ou supprimé. Vous voyez une copie d’avant.",
  "queues.state.unsure": "incertain",
  "queues.state.unsure.long":
    "Il a été traité, mais la réponse du broker s’est perdue : il est là où il a été envoyé, ou de nouveau dans sa file.",
  "queues.state.returned.long": "Rendu à la file. Vous voyez une copie faite avant.",
  "queues.state.acknowledged.long":
    "Retiré de la file (acquitté). Vous voyez la dernière copie, en mémoire seulement.",

  "queues.select.selected":
    "{count, plural, one {<b>{n} sélectionné</b>} other {<b>{n} sélectionnés</b>}}",
  "queues.select.bar": "Messages sélectionnés",
  "queues.select.replay": "Rejouer {n}…",
  "queues.select.return": "Rendre {n}",
  "queues.select.remove": "Retirer {n} (acquitter)…",
  "queues.select.removeOf": "Retirer {n} sur {whole} (acquitter)…",
  "queues.select.loading": "Sélection…",

  "queues.settled.unsure":
    "{count, plural, one {{n} incertain : envoyé, sans qu’on sache si cela s’est fait} other {{n} incertains : envoyés, sans qu’on sache si cela s’est fait}}",
  "queues.settled.sent": "C’est envoyé et ne peut plus être annulé. L’issue sera indiquée ici.",
  "queues.settled.unrecorded": "Fait, mais l’activité n’a pas pu être écrite : {why}",
  "queues.settled.and": "{what} ; {more}",
  "queues.settled.why": "{what} : {why}",
  "queues.return.done": "{count, plural, one {{n} message rendu} other {{n} messages rendus}}",
  "queues.return.partly":
    "{count, plural, one {{done} rendu, {failed} non} other {{done} rendus, {failed} non}}",
  "queues.return.failed": "Rien n’a été rendu",
  "queues.return.last.title": "Rendre à {queue}",
  "queues.return.last.text":
    "{count, plural, one {{n} de ces messages n’a plus de consultation : ce retour {fate}.} other {{n} de ces messages n’ont plus de consultation : ce retour {fate}.}}",
  "queues.return.last.type":
    "Tapez {n} pour {count, plural, one {le rendre} other {les rendre}} quand même",
  "queues.return.last.confirm": "Rendre {n}",

  "queues.remove.titleCount":
    "{count, plural, one {Retirer {n} message pour de bon} other {Retirer {n} messages pour de bon}}",
  "queues.remove.from": "De",
  "queues.remove.environment": "Environnement",
  "queues.remove.effect": "Effet",
  "queues.remove.effect.text":
    "{count, plural, one {Il est acquitté : le broker le supprime et aucune application ne le reçoit.} other {Ils sont acquittés : le broker les supprime et aucune application ne les reçoit.}}",
  "queues.remove.undo": "Annulation",
  "queues.remove.undo.text":
    "<b>Impossible : c’est définitif.</b> {count, plural, one {Aucune copie n’est gardée. Pour en garder une, enregistrez-le ou rejouez-le d’abord.} other {Aucune copie n’est gardée. Pour en garder, enregistrez-les ou rejouez-les d’abord.}}",
  "queues.remove.type": "Tapez le nombre, {count}, pour l’autoriser",
  "queues.remove.wrong": "Ce n’est pas {count}.",
  "queues.remove.confirm": "Retirer {n} (acquitter)",
  "queues.remove.confirmOf": "Retirer {n} sur {whole} (acquitter)",
  "queues.remove.cancel": "Les garder",
  "queues.remove.cancelOne": "Le garder",
  "queues.remove.done": "{count, plural, one {{n} message retiré} other {{n} messages retirés}}",
  "queues.remove.partly":
    "{count, plural, one {{done} retiré, {failed} non} other {{done} retirés, {failed} non}}",

  "queues.detail.label": "Message",
  "queues.detail.title": "Message {n} · {size}",
  "queues.detail.titleId": "{id} · {size}",
  "queues.detail.copy": "Copier",
  "queues.detail.copy.body": "Le corps",
  "queues.detail.copy.hex": "Le corps, en hexadécimal",
  "queues.detail.copy.base64": "Le corps, en Base64",
  "queues.detail.copy.json": "Le message entier, en JSON",
  "queues.detail.save": "Enregistrer…",
  "queues.detail.saved": "Le corps est enregistré",
  "queues.detail.saveFailed": "Le corps n’a pas été enregistré",
  "queues.detail.tab.story": "Histoire",
  "queues.detail.tab.body": "Corps",
  "queues.detail.tab.properties": "Propriétés",
  "queues.detail.tab.headers": "En-têtes",
  "queues.detail.tab.raw": "Brut",
  "queues.detail.tabs": "Parties du message",
  "queues.detail.body": "Corps",
  "queues.detail.headers.none": "Ce message n’a pas d’en-tête.",
  "queues.detail.headers.name": "Nom",
  "queues.detail.headers.value": "Valeur",
  "queues.detail.headers.cut": "coupé ; copier le message en JSON le prend en entier",
  "queues.detail.headers.omitted":
    "{count, plural, one {et {shown} autre ligne} other {et {shown} autres lignes}} ; copier le message en JSON les prend toutes",
  "queues.detail.properties.exchange": "exchange",
  "queues.detail.properties.defaultExchange": "exchange par défaut",
  "queues.detail.properties.routingKey": "clé de routage",
  "queues.detail.properties.redelivered": "déjà livré",
  "queues.detail.properties.redelivered.yes": "oui, il a été livré auparavant",
  "queues.detail.properties.redelivered.no": "non",
  "queues.detail.properties.size": "taille du corps",
  "queues.detail.properties.persistent": "{value} (persistant)",
  "queues.detail.properties.transient": "{value} (transitoire)",
  "queues.detail.properties.looks": "consultations",
  "queues.detail.properties.delivery": "Livraison",
  "queues.detail.properties.set": "Propriétés présentes",
  "queues.detail.properties.none": "Aucune propriété n’est présente.",

  "queues.story.label": "Ce qui est arrivé à ce message",
  "queues.story.empty":
    "Rien dans ce message ne dit ce qui lui est arrivé : il a été publié et il est toujours là.",
  "queues.story.notRecorded": "{what} : non consigné",
  "queues.story.missing.at": "quand",
  "queues.story.missing.last_at": "quand pour la dernière fois",
  "queues.story.missing.count": "combien de fois",
  "queues.story.missing.by": "par qui",
  "queues.story.missing.queue": "quelle file",
  "queues.story.missing.exchange": "quel exchange",
  "queues.story.missing.routing_keys": "quelles clés de routage",
  "queues.story.missing.reason": "pourquoi",
  "queues.story.unread": "illisible : {places}",
  "queues.story.firstTime": "d’abord {at}",
  "queues.story.times": "{count, plural, one {{n} fois} other {{n} fois}}",
  "queues.story.somewhere": "une file inconnue",
  "queues.story.defaultExchange": "l’exchange par défaut",
  "queues.story.replayed": "<b>Rejoué</b> par cette console",
  "queues.story.replayed.copy": "<b>Rejoué</b> par cette console, copie {reason}",
  "queues.story.published": "<b>Publié</b>",
  "queues.story.published.exchange": "<b>Publié</b> vers l’exchange {exchange}",
  "queues.story.published.key": "<b>Publié</b> vers l’exchange {exchange} avec la clé {keys}",
  "queues.story.published.default": "<b>Publié</b> directement vers la file {keys}",
  "queues.story.routed": "<b>Routé</b> vers {queue}",
  "queues.story.failed": "<b>Échec</b>",
  "queues.story.failed.detail": "<b>Échec</b> : {detail}",
  "queues.story.rejected": "<b>Rejeté</b> par un consommateur de {queue}",
  "queues.story.expired": "<b>Expiré</b> dans {queue}",
  "queues.story.expired.after": "<b>Expiré</b> dans {queue}, {time} après son arrivée",
  "queues.story.max_length": "<b>Évincé</b> par la limite de longueur de {queue}",
  "queues.story.delivery_limit":
    "<b>Livré trop souvent</b> : la limite de livraisons de {queue} est atteinte",
  "queues.story.died": "<b>Mort</b> dans {queue}",
  "queues.story.died.reason": "<b>Mort</b> dans {queue}, cause {reason}",
  "queues.story.dead_lettered": "<b>Mis au rebut</b> vers {queue}",
  "queues.story.dead_lettered.through":
    "<b>Mis au rebut</b> vers {queue} par l’exchange {exchange}",
  "queues.story.dead_lettered.here": "<b>Mis au rebut</b> ici",
  "queues.story.dead_lettered.here.through": "<b>Mis au rebut</b> ici par l’exchange {exchange}",
  "queues.story.republished":
    "<b>Publié de nouveau</b> vers {queue} par l’application, après un échec",
  "queues.story.returned": "<b>Rendu</b> à {queue}",
  "queues.story.omitted":
    "{count, plural, one {<b>{n} mise au rebut plus ancienne</b> est consignée mais omise ici} other {<b>{n} mises au rebut plus anciennes</b> sont consignées mais omises ici}}",
  "queues.story.unreadable": "<b>Illisible</b> : un en-tête qui devrait en dire plus",
};
