// Elsa Studio's viewer shows which activity has faulted, and has nothing to run it again with. The button in our header has.
(() => {
  const interval = 3000;
  const button = document.getElementById('retry');
  const said = document.getElementById('retried');
  let instance = null, timer = 0;

  // The page that is open now: the id of an instance, or null.
  document.addEventListener('agentos:shown', event => {
    instance = event.detail.tag === 'elsa-workflow-instance-viewer' ? event.detail.value : null;
    said.textContent = '';
    button.hidden = true;
    look();
  });

  async function post(path, body) {
    const answer = await fetch(`/elsa/api/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return answer.json();
  }

  async function look() {
    clearTimeout(timer);
    const id = instance;
    if (!id) return;
    let summary = null;
    try {
      [summary] = (await post('workflow-instances', { ids: [id] })).items;
    } catch { /* Studio says so itself; the next look may do better. */ }
    if (id !== instance) return;
    button.hidden = !summary?.incidentCount || summary.isExecuting || summary.subStatus === 'Executing';
    // What has ended stays so, unless someone retries it here.
    if (summary?.status !== 'Finished') timer = setTimeout(look, interval);
  }

  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const [result] = (await post('alterations/workflows/retry', { workflowInstanceIds: [instance] })).results;
      if (!result.workflowHasScheduledWork) throw new Error(result.log.logEntries.map(entry => entry.message).join(' '));
      // Studio does not watch an instance that had ended when it opened it.
      document.dispatchEvent(new Event('agentos:again'));
    } catch (error) {
      said.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
})();
