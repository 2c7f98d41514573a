import type { activity as en } from "../en/activity";
import type { Translation } from "../types";

export const activity: Translation<typeof en> = {
  "activity.title": "Activité",
  "activity.table": "Modifications faites avec cette console",
  "activity.filter": "Filtrer",
  "activity.filter.placeholder": "n’importe quel texte d’une entrée",
  "activity.connection": "Connexion",
  "activity.connection.all": "toutes les connexions",
  "activity.column.time": "Date",
  "activity.column.operator": "Opérateur",
  "activity.column.connection": "Connexion",
  "activity.column.action": "Action",
  "activity.column.object": "Objet",
  "activity.column.count": "Nombre",
  "activity.column.source": "Origine",
  "activity.column.reason": "Motif",
  "activity.column.outcome": "Résultat",
  "activity.column.detail": "Détail",
  "activity.outcome.pending": "en cours",
  "activity.outcome.done": "fait",
  "activity.outcome.partial": "en partie",
  "activity.outcome.failed": "échec",
  "activity.outcome.unknown": "inconnu",
  "activity.outcome.unknown.hint":
    "Interrompue avant que son résultat soit connu : vérifiez ce qui s’est passé.",
  "activity.more": "Charger les entrées plus anciennes",
  "activity.loading": "Chargement des entrées plus anciennes…",
  "activity.shown": "{count, plural, one {{n} entrée affichée} other {{n} entrées affichées}}",
  "activity.shownAll":
    "{count, plural, one {{n} entrée, c’est tout} other {{n} entrées, c’est tout}}",
  "activity.empty.title": "Rien n’a encore été modifié",
  "activity.empty.text":
    "Chaque modification faite avec cette console est listée ici : qui, quoi, où, pourquoi, et comment elle s’est terminée. Lire et parcourir ne modifie rien et ne laisse aucune entrée.",
  "activity.noMatch.title": "Aucune entrée ne correspond",
  "activity.noMatch.text": "Aucune entrée de cette connexion ne contient ce texte.",
  "activity.noMatch.clear": "Afficher toutes les entrées",
  "activity.detail.label": "Entrée",
  "activity.detail.done": "Fait",
  "activity.detail.failed": "Pas fait",
  "activity.unreadable":
    "{count, plural, one {{n} entrée est illisible pour cette version et omise.} other {{n} entrées sont illisibles pour cette version et omises.}}",
  "activity.detail.noReason": "aucun déverrouillage n’était nécessaire",
};
