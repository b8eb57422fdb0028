// Promise.withResolvers, which libp2p uses and Node has only since version 22. Imported before libp2p wherever it runs in Node.

if (typeof Promise.withResolvers !== 'function') {
  Object.defineProperty(Promise, 'withResolvers', {
    configurable: true,
    writable: true,
    value: function withResolvers<T>(this: PromiseConstructor): PromiseWithResolvers<T> {
      let resolve: PromiseWithResolvers<T>['resolve'] | undefined;
      let reject: PromiseWithResolvers<T>['reject'] | undefined;
      const promise = new this<T>((onResolve, onReject) => {
        resolve = onResolve;
        reject = onReject;
      });
      if (!resolve || !reject) throw new TypeError('the executor was not called');
      return { promise, resolve, reject };
    },
  });
}
