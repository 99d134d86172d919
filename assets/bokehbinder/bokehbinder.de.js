export default {
  "again": "Erneut versuchen",
  "altered": [
    "Der Hub versteht diesen Browser nicht",
    "Eine Erweiterung oder ein Proxy ändert die Anfrage. Nehmen Sie In Binder starten."
  ],
  "app": [
    "Der Server läuft, aber die App antwortet nicht",
    "Vielleicht braucht sie länger. Versuchen Sie es erneut."
  ],
  "banned": [
    "Der Hub startet dieses Repository nicht",
    "Sagen Sie es dem Autor der Seite."
  ],
  "bot": [
    "Der Hub hält diesen Browser für einen Bot",
    "Für Bots startet er nichts. Nehmen Sie einen anderen Browser."
  ],
  "build": [
    "Der Bau ist gescheitert",
    "Das Protokoll sagt, warum. Sagen Sie es dem Autor der Seite."
  ],
  "cancel": "Abbrechen",
  "cancelled": [
    "Abgebrochen",
    "Der Hub baut vielleicht weiter; dann geht der nächste Versuch schneller."
  ],
  "copied": "Kopiert",
  "copy": "Kopieren",
  "cut": [
    "Der Hub antwortet nicht mehr",
    "Versuchen Sie es erneut; ein begonnener Bau geht weiter."
  ],
  "down": [
    "Der Hub ist nicht erreichbar",
    "Er ist außer Betrieb oder Ihre Verbindung. Versuchen Sie es später."
  ],
  "elapsed": "Zeit bisher",
  "ended": [
    "Die Sitzung ist beendet",
    "Der Server ist weg und alles, was darauf getan wurde. Ein neuer beginnt von vorn."
  ],
  "failed": [
    "Der Hub konnte es nicht starten",
    "Das Protokoll sagt mehr. Versuchen Sie es erneut, oder nehmen Sie In Binder starten."
  ],
  "full": [
    "Der Hub ist voll",
    "Versuchen Sie es in ein paar Minuten."
  ],
  "fullscreen": "Vollbild",
  "garbled": [
    "Die Antwort des Hubs ist nicht zu verstehen",
    "Nehmen Sie In Binder starten."
  ],
  "gone": [
    "Der Bau ist nicht mehr erreichbar",
    "Wo er lief, antwortet niemand. Ein neuer Versuch beginnt von vorn."
  ],
  "jupyter": "Jupyter",
  "launch": "In Binder starten",
  "lost": [
    "Die Verbindung ging verloren",
    "Ein Bau oder Server kann begonnen haben. Ein neuer Versuch kann einen zweiten starten."
  ],
  "maintenance": [
    "Der Hub wird gewartet",
    "Versuchen Sie es später."
  ],
  "network": [
    "Der Hub weist Ihr Netz ab",
    "Aus den meisten Clouds und VPNs nimmt er nichts an. Versuchen Sie es ohne."
  ],
  "new_tab": "(öffnet einen neuen Tab)",
  "other": "Bei {hub} starten",
  "paused": [
    "Angehalten",
    "Die Seite war zehn Minuten im Hintergrund."
  ],
  "phase_building": "Abbild wird gebaut",
  "phase_built": "Das Abbild ist fertig",
  "phase_connecting": "Anfrage an den Hub",
  "phase_fetching": "Repository wird geholt",
  "phase_launching": "Server startet",
  "phase_opening": "App wird geöffnet",
  "phase_pushing": "Abbild wird gespeichert",
  "phase_reconnecting": "Verbindung verloren, neuer Versuch",
  "phase_waiting": "Warten auf den Bau",
  "policy": [
    "Diese Seite erlaubt den Hub nicht",
    "Nehmen Sie In Binder starten, und sagen Sie es dem Autor der Seite."
  ],
  "progress": "Fortschritt",
  "rate": [
    "Zu viele Starts aus Ihrem Netz",
    "Der Hub zählt sie eine Stunde lang. In Binder starten zählt nicht."
  ],
  "rate_wait": "Er bittet um eine Pause von {time}.",
  "ref": [
    "Der Hub findet diese Version des Repositorys nicht",
    "Vielleicht ist es umgezogen, nicht mehr öffentlich oder ohne diesen Commit. Sagen Sie es dem Autor der Seite."
  ],
  "refused": [
    "Der Hub antwortet dieser Seite nicht",
    "Er weist die Seite ab, ist überlastet, oder die Verbindung brach ab; das ist nicht zu unterscheiden. Nehmen Sie In Binder starten, oder versuchen Sie es erneut."
  ],
  "restart": "Neu starten",
  "resume": "Fortsetzen",
  "running": "Läuft",
  "slow": [
    "Es dauert zu lange",
    "Versuchen Sie es erneut, oder nehmen Sie In Binder starten."
  ],
  "spawn": [
    "Der Server ist nicht gestartet",
    "Oft ist das gleich vorbei. Versuchen Sie es erneut, oder nehmen Sie In Binder starten."
  ],
  "start_again": "Neu beginnen",
  "step_build": "Bauen",
  "step_prepare": "Vorbereiten",
  "step_start": "Starten",
  "stop": "Beenden",
  "stopped": [
    "Beendet",
    "Ein neuer Server beginnt von vorn."
  ],
  "tab": "Neuer Tab",
  "toggle": "Protokoll",
  "unsafe": [
    "Der Hub nannte eine unsichere Adresse",
    "Nehmen Sie In Binder starten, und sagen Sie es dem Autor der Seite."
  ],
  "users": [
    "Zu viele Leute nutzen dieses Repository",
    "Versuchen Sie es in ein paar Minuten."
  ]
};
