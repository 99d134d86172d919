export default {
  "again": "Opnieuw proberen",
  "altered": [
    "De hub begrijpt deze browser niet",
    "Een extensie of proxy verandert de vraag. Gebruik Starten op Binder."
  ],
  "app": [
    "De server draait, maar de app antwoordt niet",
    "Misschien heeft hij meer tijd nodig. Probeer het opnieuw."
  ],
  "banned": [
    "De hub start deze repository niet",
    "Meld het de auteur van de pagina."
  ],
  "bot": [
    "De hub ziet deze browser aan voor een bot",
    "Voor bots start hij niets. Gebruik een andere browser."
  ],
  "build": [
    "De bouw is mislukt",
    "Het logboek zegt waarom. Meld het de auteur van de pagina."
  ],
  "cancel": "Annuleren",
  "cancelled": [
    "Geannuleerd",
    "De hub bouwt misschien door; dan gaat de volgende poging sneller."
  ],
  "copied": "Gekopieerd",
  "copy": "Kopiëren",
  "cut": [
    "De hub antwoordt niet meer",
    "Probeer het opnieuw; een begonnen bouw gaat door."
  ],
  "down": [
    "De hub is onbereikbaar",
    "Hij ligt eruit, of uw verbinding. Probeer het later."
  ],
  "elapsed": "Tijd tot nu toe",
  "ended": [
    "De sessie is afgelopen",
    "De server is weg, met alles wat erop is gedaan. Een nieuwe begint van voren af aan."
  ],
  "failed": [
    "De hub kon het niet starten",
    "Het logboek zegt meer. Probeer het opnieuw, of gebruik Starten op Binder."
  ],
  "full": [
    "De hub is vol",
    "Probeer het over een paar minuten."
  ],
  "fullscreen": "Volledig scherm",
  "garbled": [
    "Het antwoord van de hub is onbegrijpelijk",
    "Gebruik Starten op Binder."
  ],
  "gone": [
    "De bouw is niet meer bereikbaar",
    "Waar hij liep, antwoordt niemand. Een nieuwe poging begint opnieuw."
  ],
  "jupyter": "Jupyter",
  "launch": "Starten op Binder",
  "lost": [
    "De verbinding is verbroken",
    "Er kan een bouw of server begonnen zijn. Een nieuwe poging kan een tweede starten."
  ],
  "maintenance": [
    "De hub is in onderhoud",
    "Probeer het later."
  ],
  "network": [
    "De hub weigert uw netwerk",
    "Van de meeste clouds en VPN’s neemt hij niets aan. Probeer het zonder."
  ],
  "new_tab": "(opent een nieuw tabblad)",
  "other": "Starten op {hub}",
  "paused": [
    "Gepauzeerd",
    "De pagina was tien minuten op de achtergrond."
  ],
  "phase_building": "Image bouwen",
  "phase_built": "De image is klaar",
  "phase_connecting": "Vraag aan de hub",
  "phase_fetching": "Repository ophalen",
  "phase_launching": "Server starten",
  "phase_opening": "App openen",
  "phase_pushing": "Image opslaan",
  "phase_reconnecting": "Verbinding verbroken, nieuwe poging",
  "phase_waiting": "Wachten op de bouw",
  "policy": [
    "Deze pagina staat de hub niet toe",
    "Gebruik Starten op Binder, en meld het de auteur van de pagina."
  ],
  "progress": "Voortgang",
  "rate": [
    "Te veel starts vanaf uw netwerk",
    "De hub telt ze een uur lang. Starten op Binder telt niet mee."
  ],
  "rate_wait": "Hij vraagt om een pauze van {time}.",
  "ref": [
    "De hub vindt deze versie van de repository niet",
    "Misschien is hij verhuisd, niet meer openbaar of zonder deze commit. Meld het de auteur van de pagina."
  ],
  "refused": [
    "De hub antwoordt deze pagina niet",
    "Hij weigert de pagina, is overbelast, of de verbinding brak af; dat is niet te onderscheiden. Gebruik Starten op Binder, of probeer het opnieuw."
  ],
  "restart": "Herstarten",
  "resume": "Hervatten",
  "running": "Actief",
  "slow": [
    "Het duurt te lang",
    "Probeer het opnieuw, of gebruik Starten op Binder."
  ],
  "spawn": [
    "De server is niet gestart",
    "Vaak is het zo voorbij. Probeer het opnieuw, of gebruik Starten op Binder."
  ],
  "start_again": "Opnieuw beginnen",
  "step_build": "Bouwen",
  "step_prepare": "Voorbereiden",
  "step_start": "Starten",
  "stop": "Stoppen",
  "stopped": [
    "Gestopt",
    "Een nieuwe server begint van voren af aan."
  ],
  "tab": "Nieuw tabblad",
  "toggle": "Logboek",
  "unsafe": [
    "De hub gaf een onveilig adres",
    "Gebruik Starten op Binder, en meld het de auteur van de pagina."
  ],
  "users": [
    "Te veel mensen gebruiken deze repository",
    "Probeer het over een paar minuten."
  ]
};
