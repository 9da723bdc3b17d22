// A port that nobody may use: every call fails the test that made it.

export function unexpected<Port extends object>(name: string, allowed: Partial<Port> = {}): Port {
  return new Proxy(allowed, {
    get: (target, method) => {
      if (Reflect.has(target, method)) return Reflect.get(target, method);
      return (...args: unknown[]) => {
        throw new Error(`Unexpected call: ${name}.${String(method)}(${JSON.stringify(args).slice(1, -1)})`);
      };
    },
  }) as Port;
}
