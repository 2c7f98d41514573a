import type { search as en } from "../en/search";
import type { Translation } from "../types";

export const search: Translation<typeof en> = {
  "query.end": "Jusqu’à",
  "query.end.now": "La fin au lancement",
  "query.end.offset": "Un offset",
  "query.end.time": "Une heure",
  "query.end.unused": "Pour une recherche : une lecture va jusqu’à sa limite",
  "query.end.before": "Après le début",
  "query.endOffset": "Avant l’offset",
  "query.endTime": "Avant ({zone})",
  "query.minutes": "Minutes",
  "query.minutes.error": "Un nombre entier, 1 ou plus",
  "query.hits": "Résultats au plus",
  "query.search": "Chercher",
  "query.mode": "Façon de chercher",
  "query.mode.text": "contient",
  "query.mode.pattern": "regex",
  "query.mode.query": "requête",
  "query.text.text": "Texte à chercher",
  "query.text.pattern": "Expression régulière à chercher",
  "query.text.query": "Requête de recherche",
  "query.placeholder.text": "Texte à chercher ; vide pour lire",
  "query.placeholder.pattern": "Expression régulière ; vide pour lire",
  "query.placeholder.query": "Requête ; vide pour lire",
  "query.options": "Façon de comparer",
  "query.case": "Respecter la casse",
  "query.word": "mot entier",
  "query.places": "Où chercher",
  "query.place.value": "valeur",
  "query.place.key": "clé",
  "query.place.headers": "en-têtes",
  "query.hint.query": "Nomme ce qu’elle interroge : value, key, header, size, partition",
  "query.hint.pattern":
    "Correspond n’importe où ; ^ et $ sont le début et la fin. Ni assertions avant ou arrière, ni références arrière",
  "query.problem": "Recherche impossible :",
  "query.problem.here": "(ici)",
  "query.help": "Exemples",
  "query.help.title": "Des requêtes par l’exemple",
  "search.list": "Résultats dans {topic}",
  "search.progress": "Avancement de la recherche",
  "search.speed": "{records} msg/s · {bytes}/s",
  "search.hits": "{count, plural, one {<b>{shown}</b> résultat} other {<b>{shown}</b> résultats}}",
  "search.hits.soFar":
    "{count, plural, one {<b>{shown}</b> résultat jusqu’ici} other {<b>{shown}</b> résultats jusqu’ici}}",
  "search.provisional": "ordre provisoire",
  "search.provisional.help":
    "Dans l’ordre des trouvailles ; triés par heure à la fin de la recherche",
  "search.more": "En chercher d’autres",
  "search.continue": "Continuer",
  "search.failed": "échec : on ne sait pas ce qui n’a pas été examiné",
  "search.end.nothing": "aucun résultat : la plage ne contient aucun offset",
  "search.end.unproven": "terminée, mais le compte des offsets de la plage n’y est pas",
  "search.end.limit": "limite atteinte : il peut y en avoir d’autres",
  "search.end.stopped": "arrêtée : la plage n’a pas été examinée en entier",
  "search.end.byte_cap": "plafond d’octets atteint : la plage n’a pas été examinée en entier",
  "search.end.time_cap": "plafond de temps atteint : la plage n’a pas été examinée en entier",
  "search.end.partitions_offline": "incomplète : une partition n’a pas de leader",
  "search.end.incomplete": "incomplète : la plage n’a pas été examinée en entier",
  "search.none.whole":
    "{count, plural, one {aucun résultat : le seul offset de la plage a été examiné} other {aucun résultat : chacun des {range} offsets a été examiné}}",
  "search.none.gone": "aucun résultat dans ce qui reste : une part de la plage avait déjà disparu",
  "search.none.undecided": "aucun résultat dans ce qui a pu être lu ;",
  "search.all.whole":
    "{count, plural, one {c’est tout : le seul offset de la plage a été examiné} other {c’est tout : chacun des {range} offsets a été examiné}}",
  "search.all.gone": "tout ce qui reste : une part de la plage avait déjà disparu",
  "search.all.undecided": "fin de la plage, dans ce qui a pu être lu ;",
  "search.outsideTime":
    "{count, plural, one {{shown} hors des heures demandées} other {{shown} hors des heures demandées}}",
  "search.outsideTime.help":
    "Dans une partition, les heures ne sont pas ordonnées : ceux-ci sont entre les endroits trouvés mais pas entre les heures",
  "search.gone.help": "Supprimés par la rétention ou à la main avant que cette recherche les voie",
  "search.undecided":
    "{count, plural, one {{shown} message indécidable} other {{shown} messages indécidables}}",
  "search.undecided.help":
    "Ce qui est demandé n’a pas pu y être lu : nul ne peut dire s’ils répondent à la recherche.",
  "search.undecided.list": "Messages indécidables de {topic}",
  "search.undecided.shown": "Messages indécidables.",
  "search.undecided.back": "Revenir aux résultats",
  "search.undecided.show":
    "{count, plural, one {Afficher le message indécidable} other {Afficher les {shown} messages indécidables}}",
  "search.passedOver":
    "{count, plural, one {{shown} message laissé de côté} other {{shown} messages laissés de côté}}",
  "search.passedOver.help":
    "Ils sont illisibles, ou les examiner a mis fin au processus qui examine ou a pris trop de temps. Nul ne peut dire s’ils répondent à la recherche.",
  "search.passedOver.one": "{topic} · P {partition} · offset {offset}",
  "search.passedOver.span": "{topic} · P {partition} · offsets {offset} à {last}",
  "search.passedOver.more":
    "{count, plural, one {et {shown} autre endroit} other {et {shown} autres endroits}}",
  "search.nothing.whole": "Aucun résultat",
  "search.nothing.whole.text":
    "Rien dans la plage ne répond à la recherche. Élargissez la plage, ou cherchez ailleurs dans les messages.",
  "search.nothing.gone": "Aucun résultat dans ce qui reste",
  "search.nothing.gone.text":
    "La rétention ou une suppression a emporté une part de la plage. Rien dans ce qui reste ne répond à la recherche.",
  "search.nothing.undecided": "Aucun résultat dans ce qui a pu être lu",
  "search.nothing.undecided.text":
    "Ce qui est indécidable peut encore répondre à la recherche : la liste en est donnée ci-dessus.",
  "search.nothing.partial": "Aucun résultat jusqu’ici",
  "search.nothing.partial.text":
    "La plage n’a pas été examinée en entier : il peut y en avoir dans le reste.",
  "search.nothing.committed":
    "Les messages de transactions ouvertes ou annulées ont été laissés de côté.",
  "search.histogram":
    "{count, plural, one {{shown} résultat de {from} à {to}.} other {{shown} résultats de {from} à {to}.}}",
  "search.histogram.most":
    "{count, plural, one {Au plus {shown} résultat, de {from} à {to}.} other {Au plus {shown} résultats, de {from} à {to}.}}",
  "search.histogram.choose": "Intervalle auquel restreindre la plage",
  "search.histogram.nowhere": "aucun ; les flèches en choisissent un",
  "search.histogram.span":
    "{count, plural, one {{shown} résultat, de {from} à {to}. Entrée y restreint la plage} other {{shown} résultats, de {from} à {to}. Entrée y restreint la plage}}",
  "search.histogram.tip":
    "{count, plural, one {<b>{shown}</b> résultat · {from} – {to}} other {<b>{shown}</b> résultats · {from} – {to}}}",
  "search.histogram.untimed":
    "{count, plural, one {{shown} résultat sans heure utilisable} other {{shown} résultats sans heure utilisable}}",
  "search.moved.selection": "Les lignes ont bougé : plus rien n’est sélectionné",
  "search.moved.replay":
    "Les lignes ont bougé entre-temps : rien n’est rejoué, sélectionnez-les à nouveau",
  "search.moved.unseen":
    "Des lignes sélectionnées ne sont pas chargées, et les lignes bougent à la fin de la recherche : attendez-la, ou arrêtez-la.",
};
