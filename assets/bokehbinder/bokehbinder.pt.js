export default {
  "again": "Tentar de novo",
  "altered": [
    "O hub não entende este navegador",
    "Uma extensão ou um proxy altera o pedido. Use Abrir no Binder."
  ],
  "app": [
    "O servidor funciona, mas o aplicativo não responde",
    "Talvez precise de mais tempo para iniciar. Tente de novo."
  ],
  "banned": [
    "O hub não inicia este repositório",
    "Avise o autor da página."
  ],
  "bot": [
    "O hub toma este navegador por um robô",
    "Ele não inicia nada para robôs. Use outro navegador."
  ],
  "build": [
    "A construção falhou",
    "O registro diz por quê. Avise o autor da página."
  ],
  "cancel": "Cancelar",
  "cancelled": [
    "Cancelado",
    "O hub talvez continue construindo; assim a próxima tentativa será mais rápida."
  ],
  "copied": "Copiado",
  "copy": "Copiar",
  "cut": [
    "O hub parou de responder",
    "Tente de novo; uma construção já iniciada continua."
  ],
  "down": [
    "Não é possível alcançar o hub",
    "Ele está fora do ar, ou a sua conexão está. Tente mais tarde."
  ],
  "elapsed": "Tempo até agora",
  "ended": [
    "A sessão terminou",
    "O servidor não existe mais, nem o que foi feito nele. Um novo começa do início."
  ],
  "failed": [
    "O hub não conseguiu iniciar",
    "O registro diz mais. Tente de novo ou use Abrir no Binder."
  ],
  "full": [
    "O hub está cheio",
    "Tente em alguns minutos."
  ],
  "fullscreen": "Tela cheia",
  "garbled": [
    "A resposta do hub não é compreensível",
    "Use Abrir no Binder."
  ],
  "gone": [
    "Não é mais possível alcançar a construção",
    "Onde ela corria, nada responde. Outra tentativa a recomeça."
  ],
  "jupyter": "Jupyter",
  "launch": "Abrir no Binder",
  "lost": [
    "A conexão se perdeu",
    "Uma construção ou um servidor pode ter começado. Outra tentativa pode iniciar um segundo."
  ],
  "maintenance": [
    "O hub está em manutenção",
    "Tente mais tarde."
  ],
  "network": [
    "O hub recusa a sua rede",
    "Ele não aceita pedidos da maioria das nuvens e VPNs. Tente sem elas."
  ],
  "new_tab": "(abre em outra aba)",
  "other": "Executar em {hub}",
  "paused": [
    "Em pausa",
    "A página ficou dez minutos em segundo plano."
  ],
  "phase_building": "Construindo a imagem",
  "phase_built": "A imagem está pronta",
  "phase_connecting": "Perguntando ao hub",
  "phase_fetching": "Obtendo o repositório",
  "phase_launching": "Iniciando o servidor",
  "phase_opening": "Abrindo o aplicativo",
  "phase_pushing": "Guardando a imagem",
  "phase_reconnecting": "Conexão perdida, tentando de novo",
  "phase_waiting": "Esperando a construção começar",
  "policy": [
    "Esta página não permite o hub",
    "Use Abrir no Binder e avise o autor da página."
  ],
  "progress": "Progresso",
  "rate": [
    "Inícios demais a partir da sua rede",
    "O hub os conta durante uma hora. Abrir no Binder não conta."
  ],
  "rate_wait": "Ele pede uma pausa de {time}.",
  "ref": [
    "O hub não encontra esta versão do repositório",
    "Talvez tenha mudado de lugar, ficado privado ou perdido este commit. Avise o autor da página."
  ],
  "refused": [
    "O hub não responde a esta página",
    "Ele recusa esta página, está sobrecarregado, ou a conexão caiu; não dá para saber. Use Abrir no Binder ou tente de novo."
  ],
  "restart": "Reiniciar",
  "resume": "Continuar",
  "running": "Em execução",
  "slow": [
    "Está demorando demais",
    "Tente de novo ou use Abrir no Binder."
  ],
  "spawn": [
    "O servidor não iniciou",
    "Costuma ser passageiro. Tente de novo ou use Abrir no Binder."
  ],
  "start_again": "Começar de novo",
  "step_build": "Construir",
  "step_prepare": "Preparar",
  "step_start": "Iniciar",
  "stop": "Parar",
  "stopped": [
    "Parado",
    "Um servidor novo começa do início."
  ],
  "tab": "Nova aba",
  "toggle": "Registro",
  "unsafe": [
    "O hub deu um endereço que não é seguro abrir",
    "Use Abrir no Binder e avise o autor da página."
  ],
  "users": [
    "Gente demais está usando este repositório",
    "Tente em alguns minutos."
  ]
};
