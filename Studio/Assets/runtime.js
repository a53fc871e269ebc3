// Starts the WebAssembly runtime that all of Elsa Studio's elements share. It stands before the style sheets: to read those takes as long as to compile it.
(() => {
  const { assemblies } = document.currentScript.dataset;
  const read = new Promise(done => document.addEventListener('DOMContentLoaded', done, { once: true }));

  // On the server's own machine all assemblies come in one answer (see AssemblyBundle): name → bytes. What it does not bring is fetched by itself.
  const bundle = assemblies && fetch(assemblies).then(async answer => {
    if (!answer.ok) throw new Error(`${answer.url} was answered with ${answer.status}.`);
    const all = await answer.arrayBuffer();
    const head = new DataView(all).getInt32(0, true);
    const files = new Map();
    let at = 4 + head;
    for (const [name, length] of JSON.parse(new TextDecoder().decode(new Uint8Array(all, 4, head)))) {
      files.set(name, new Uint8Array(all, at, length));
      at += length;
    }
    return files;
  }).catch(() => new Map());

  // No assembly before the page is read: the history is ours first, and Studio finds its scripts.
  const load = bundle && ((type, name, address, integrity) => type !== 'assembly' ? undefined : Promise.all([bundle, read]).then(([files]) =>
    files.has(name) ? new Response(files.get(name), { headers: { 'Content-Type': 'application/wasm' } }) : fetch(address, { integrity, cache: 'force-cache' })));

  // With PGO the runtime remembers which of its methods are hot, and has them compiled at once the next time.
  function start() {
    if (window.Blazor) Blazor.start({ configureRuntime: runtime => runtime.withInterpreterPgo(true), ...load && { loadBootResource: load } });
    else document.getElementById('runtime').addEventListener('load', start, { once: true });
  }

  if (bundle) start();
  else read.then(start);
})();
