// The custom element that brings an embed to life.
export {};
