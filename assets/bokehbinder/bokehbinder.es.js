export default {
  "again": "Intentar de nuevo",
  "altered": [
    "El hub no entiende a este navegador",
    "Una extensión o un proxy cambia lo que pide. Usa Abrir en Binder."
  ],
  "app": [
    "El servidor funciona, pero la aplicación no responde",
    "Quizá necesite más tiempo para arrancar. Inténtalo de nuevo."
  ],
  "banned": [
    "El hub no inicia este repositorio",
    "Avisa al autor de la página."
  ],
  "bot": [
    "El hub toma este navegador por un bot",
    "No inicia nada para bots. Usa otro navegador."
  ],
  "build": [
    "La construcción falló",
    "El registro dice por qué. Avisa al autor de la página."
  ],
  "cancel": "Cancelar",
  "cancelled": [
    "Cancelado",
    "El hub quizá siga construyendo; así el próximo intento será más rápido."
  ],
  "copied": "Copiado",
  "copy": "Copiar",
  "cut": [
    "El hub dejó de responder",
    "Inténtalo de nuevo; una construcción empezada continúa."
  ],
  "down": [
    "No se puede llegar al hub",
    "Está caído, o lo está tu conexión. Inténtalo más tarde."
  ],
  "elapsed": "Tiempo hasta ahora",
  "ended": [
    "La sesión ha terminado",
    "El servidor ya no existe, ni lo que se hizo en él. Uno nuevo empieza desde el principio."
  ],
  "failed": [
    "El hub no pudo iniciarlo",
    "El registro dice más. Inténtalo de nuevo o usa Abrir en Binder."
  ],
  "full": [
    "El hub está lleno",
    "Inténtalo en unos minutos."
  ],
  "fullscreen": "Pantalla completa",
  "garbled": [
    "No se entiende la respuesta del hub",
    "Usa Abrir en Binder."
  ],
  "gone": [
    "Ya no se puede llegar a la construcción",
    "Donde se hacía nadie responde. Otro intento la empieza de nuevo."
  ],
  "jupyter": "Jupyter",
  "launch": "Abrir en Binder",
  "lost": [
    "Se perdió la conexión",
    "Puede que haya empezado una construcción o un servidor. Otro intento puede iniciar un segundo."
  ],
  "maintenance": [
    "El hub está en mantenimiento",
    "Inténtalo más tarde."
  ],
  "network": [
    "El hub rechaza tu red",
    "No acepta peticiones de la mayoría de nubes y VPN. Inténtalo sin ellas."
  ],
  "new_tab": "(se abre en otra pestaña)",
  "other": "Ejecutar en {hub}",
  "paused": [
    "En pausa",
    "La página estuvo diez minutos en segundo plano."
  ],
  "phase_building": "Construyendo la imagen",
  "phase_built": "La imagen está lista",
  "phase_connecting": "Preguntando al hub",
  "phase_fetching": "Obteniendo el repositorio",
  "phase_launching": "Iniciando el servidor",
  "phase_opening": "Abriendo la aplicación",
  "phase_pushing": "Guardando la imagen",
  "phase_reconnecting": "Conexión perdida, se intenta de nuevo",
  "phase_waiting": "Esperando a que empiece la construcción",
  "policy": [
    "Esta página no permite el hub",
    "Usa Abrir en Binder y avisa al autor de la página."
  ],
  "progress": "Progreso",
  "rate": [
    "Demasiados inicios desde tu red",
    "El hub los cuenta durante una hora. Abrir en Binder no cuenta."
  ],
  "rate_wait": "Pide una pausa de {time}.",
  "ref": [
    "El hub no encuentra esta versión del repositorio",
    "Quizá se movió, se hizo privado o perdió este commit. Avisa al autor de la página."
  ],
  "refused": [
    "El hub no responde a esta página",
    "Rechaza esta página, está saturado o se cortó la conexión; no se puede saber cuál. Usa Abrir en Binder o inténtalo de nuevo."
  ],
  "restart": "Reiniciar",
  "resume": "Continuar",
  "running": "En marcha",
  "slow": [
    "Tarda demasiado",
    "Inténtalo de nuevo o usa Abrir en Binder."
  ],
  "spawn": [
    "El servidor no arrancó",
    "Suele ser pasajero. Inténtalo de nuevo o usa Abrir en Binder."
  ],
  "start_again": "Empezar de nuevo",
  "step_build": "Construir",
  "step_prepare": "Preparar",
  "step_start": "Iniciar",
  "stop": "Detener",
  "stopped": [
    "Detenido",
    "Un servidor nuevo empieza desde el principio."
  ],
  "tab": "Nueva pestaña",
  "toggle": "Registro",
  "unsafe": [
    "El hub dio una dirección que no es seguro abrir",
    "Usa Abrir en Binder y avisa al autor de la página."
  ],
  "users": [
    "Demasiada gente ejecuta este repositorio",
    "Inténtalo en unos minutos."
  ]
};
