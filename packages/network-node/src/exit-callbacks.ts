const callbacks = new Set<() => void>();

/**
 * Calls back when the process exits (not when a signal kills it). What a callback hands to a data channel or
 * socket still gets out. One listener for all: Node warns from the eleventh on.
 */
export function onExit(callback: () => void): () => void {
  // A function of its own, because the same callback may be given twice.
  const entry = (): void => callback();
  if (callbacks.size === 0) process.on("exit", callAll);
  callbacks.add(entry);
  return () => {
    if (callbacks.delete(entry) && callbacks.size === 0) process.off("exit", callAll);
  };
}

function callAll(): void {
  for (const callback of callbacks) callback();
}
