export default {
  "again": "Réessayer",
  "altered": [
    "Le hub ne comprend pas ce navigateur",
    "Une extension ou un proxy modifie sa demande. Utilisez Lancer sur Binder."
  ],
  "app": [
    "Le serveur tourne, mais l’application ne répond pas",
    "Elle met peut-être plus longtemps à démarrer. Réessayez."
  ],
  "banned": [
    "Le hub ne lance pas ce dépôt",
    "Prévenez l’auteur de la page."
  ],
  "bot": [
    "Le hub prend ce navigateur pour un robot",
    "Il ne lance rien pour les robots. Utilisez un autre navigateur."
  ],
  "build": [
    "La construction a échoué",
    "Le journal dit pourquoi. Prévenez l’auteur de la page."
  ],
  "cancel": "Annuler",
  "cancelled": [
    "Annulé",
    "Le hub continue peut-être à construire ; le prochain essai sera alors plus rapide."
  ],
  "copied": "Copié",
  "copy": "Copier",
  "cut": [
    "Le hub ne répond plus",
    "Réessayez ; une construction commencée continue."
  ],
  "down": [
    "Le hub est injoignable",
    "Il est en panne, ou c’est votre connexion. Réessayez plus tard."
  ],
  "elapsed": "Temps écoulé",
  "ended": [
    "La session est terminée",
    "Le serveur n’existe plus, ni ce qui y a été fait. Un nouveau repart du début."
  ],
  "failed": [
    "Le hub n’a pas pu le lancer",
    "Le journal en dit plus. Réessayez, ou utilisez Lancer sur Binder."
  ],
  "full": [
    "Le hub est plein",
    "Réessayez dans quelques minutes."
  ],
  "fullscreen": "Plein écran",
  "garbled": [
    "La réponse du hub est incompréhensible",
    "Utilisez Lancer sur Binder."
  ],
  "gone": [
    "La construction est devenue injoignable",
    "Là où elle tournait, rien ne répond. Un nouvel essai la recommence."
  ],
  "jupyter": "Jupyter",
  "launch": "Lancer sur Binder",
  "lost": [
    "La connexion a été perdue",
    "Une construction ou un serveur a pu commencer. Un nouvel essai peut en lancer un second."
  ],
  "maintenance": [
    "Le hub est en maintenance",
    "Réessayez plus tard."
  ],
  "network": [
    "Le hub refuse votre réseau",
    "Il n’accepte rien de la plupart des clouds et VPN. Réessayez sans."
  ],
  "new_tab": "(ouvre un nouvel onglet)",
  "other": "Lancer sur {hub}",
  "paused": [
    "En pause",
    "La page était en arrière-plan depuis dix minutes."
  ],
  "phase_building": "Construction de l’image",
  "phase_built": "L’image est prête",
  "phase_connecting": "Demande au hub",
  "phase_fetching": "Récupération du dépôt",
  "phase_launching": "Démarrage du serveur",
  "phase_opening": "Ouverture de l’application",
  "phase_pushing": "Enregistrement de l’image",
  "phase_reconnecting": "Connexion perdue, nouvel essai",
  "phase_waiting": "Attente de la construction",
  "policy": [
    "Cette page n’autorise pas le hub",
    "Utilisez Lancer sur Binder, et prévenez l’auteur de la page."
  ],
  "progress": "Progression",
  "rate": [
    "Trop de lancements depuis votre réseau",
    "Le hub les compte pendant une heure. Lancer sur Binder n’est pas compté."
  ],
  "rate_wait": "Il demande une pause de {time}.",
  "ref": [
    "Le hub ne trouve pas cette version du dépôt",
    "Il a pu être déplacé, rendu privé ou perdre ce commit. Prévenez l’auteur de la page."
  ],
  "refused": [
    "Le hub ne répond pas à cette page",
    "Il refuse cette page, est surchargé, ou la connexion a été coupée ; on ne peut pas le savoir. Utilisez Lancer sur Binder, ou réessayez."
  ],
  "restart": "Redémarrer",
  "resume": "Reprendre",
  "running": "En marche",
  "slow": [
    "C’est trop long",
    "Réessayez, ou utilisez Lancer sur Binder."
  ],
  "spawn": [
    "Le serveur n’a pas démarré",
    "C’est souvent passager. Réessayez, ou utilisez Lancer sur Binder."
  ],
  "start_again": "Recommencer",
  "step_build": "Construire",
  "step_prepare": "Préparer",
  "step_start": "Démarrer",
  "stop": "Arrêter",
  "stopped": [
    "Arrêté",
    "Un nouveau serveur repart du début."
  ],
  "tab": "Nouvel onglet",
  "toggle": "Journal",
  "unsafe": [
    "Le hub a donné une adresse dangereuse à ouvrir",
    "Utilisez Lancer sur Binder, et prévenez l’auteur de la page."
  ],
  "users": [
    "Trop de gens utilisent ce dépôt",
    "Réessayez dans quelques minutes."
  ]
};
