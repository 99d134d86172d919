export default {
  "again": "重试",
  "altered": [
    "Hub 无法理解此浏览器",
    "某个扩展或代理更改了请求。请使用“在 Binder 上启动”。"
  ],
  "app": [
    "服务器在运行，但应用没有响应",
    "它可能需要更长时间才能启动。请重试。"
  ],
  "banned": [
    "Hub 不启动此仓库",
    "请告知本页作者。"
  ],
  "bot": [
    "Hub 将此浏览器视为机器人",
    "它不为机器人启动任何内容。请换一个浏览器。"
  ],
  "build": [
    "构建失败",
    "构建日志说明了原因。请告知本页作者。"
  ],
  "cancel": "取消",
  "cancelled": [
    "已取消",
    "Hub 可能会继续构建，这样下次会更快。"
  ],
  "copied": "已复制",
  "copy": "复制",
  "cut": [
    "Hub 停止响应",
    "请重试；已开始的构建会继续。"
  ],
  "down": [
    "无法连接 Hub",
    "Hub 或您的网络连接已断开。请稍后重试。"
  ],
  "elapsed": "已用时间",
  "ended": [
    "会话已结束",
    "服务器及其中所做的一切均已消失。新的服务器将从头开始。"
  ],
  "failed": [
    "Hub 无法启动它",
    "构建日志有更多说明。请重试，或使用“在 Binder 上启动”。"
  ],
  "full": [
    "Hub 已满",
    "请过几分钟重试。"
  ],
  "fullscreen": "全屏",
  "garbled": [
    "无法理解 Hub 的回答",
    "请使用“在 Binder 上启动”。"
  ],
  "gone": [
    "无法再连接到构建",
    "构建所在之处没有响应。重试会重新开始。"
  ],
  "jupyter": "Jupyter",
  "launch": "在 Binder 上启动",
  "lost": [
    "连接已丢失",
    "构建或服务器可能已经开始。重试可能会启动第二个。"
  ],
  "maintenance": [
    "Hub 正在维护",
    "请稍后重试。"
  ],
  "network": [
    "Hub 拒绝了您的网络",
    "它不接受来自大多数云和 VPN 的请求。请不使用它们再试。"
  ],
  "new_tab": "（在新标签页中打开）",
  "other": "在 {hub} 上运行",
  "paused": [
    "已暂停",
    "此页面在后台停留了十分钟。"
  ],
  "phase_building": "正在构建镜像",
  "phase_built": "镜像已就绪",
  "phase_connecting": "正在询问 Hub",
  "phase_fetching": "正在获取仓库",
  "phase_launching": "正在启动服务器",
  "phase_opening": "正在打开应用",
  "phase_pushing": "正在保存镜像",
  "phase_reconnecting": "连接中断，正在重试",
  "phase_waiting": "正在等待构建开始",
  "policy": [
    "此页面不允许该 Hub",
    "请使用“在 Binder 上启动”，并告知本页作者。"
  ],
  "progress": "进度",
  "rate": [
    "来自您的网络的启动次数过多",
    "Hub 按小时计数。“在 Binder 上启动”不计入。"
  ],
  "rate_wait": "它要求等待 {time}。",
  "ref": [
    "Hub 找不到仓库的这个版本",
    "仓库可能已移动、转为私有，或已没有这个提交。请告知本页作者。"
  ],
  "refused": [
    "Hub 没有响应此页面",
    "可能是拒绝、过载或连接中断，无法区分。请使用“在 Binder 上启动”，或重试。"
  ],
  "restart": "重新启动",
  "resume": "继续",
  "running": "运行中",
  "slow": [
    "用时过长",
    "请重试，或使用“在 Binder 上启动”。"
  ],
  "spawn": [
    "服务器未能启动",
    "这通常是暂时的。请重试，或使用“在 Binder 上启动”。"
  ],
  "start_again": "重新开始",
  "step_build": "构建",
  "step_prepare": "准备",
  "step_start": "启动",
  "stop": "停止",
  "stopped": [
    "已停止",
    "新的服务器将从头开始。"
  ],
  "tab": "新标签页",
  "toggle": "构建日志",
  "unsafe": [
    "Hub 给出的地址不安全，无法打开",
    "请使用“在 Binder 上启动”，并告知本页作者。"
  ],
  "users": [
    "运行此仓库的人过多",
    "请过几分钟重试。"
  ]
};
