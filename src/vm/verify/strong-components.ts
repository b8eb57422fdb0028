// Strongly connected components of a directed graph: groups of nodes that all reach one another (Tarjan's algorithm, without recursion, since
// the graphs come from outside).

/** Nodes are 0 to `successors.length - 1`. Every node is in one component; a component of one node need not be a cycle. */
export function strongComponents(successors: readonly (readonly number[])[]): number[][] {
  const order = new Array<number>(successors.length).fill(-1);
  const low = new Array<number>(successors.length).fill(-1);
  const open: number[] = [];
  const isOpen = new Array<boolean>(successors.length).fill(false);
  const components: number[][] = [];
  let next = 0;

  const enter = (node: number): Visit => {
    order[node] = next;
    low[node] = next;
    next++;
    open.push(node);
    isOpen[node] = true;
    return { node, child: 0 };
  };

  for (const root of successors.keys()) {
    if (order[root] !== -1) continue;
    const path: Visit[] = [enter(root)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const child = successors[visit.node]?.[visit.child];
      if (child !== undefined) {
        visit.child++;
        if (order[child] === -1) path.push(enter(child));
        else if (isOpen[child]) lower(low, visit.node, order[child]);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent) lower(low, parent.node, low[visit.node]);
      if (low[visit.node] !== order[visit.node]) continue;
      const component = open.splice(open.lastIndexOf(visit.node));
      for (const member of component) isOpen[member] = false;
      components.push(component);
    }
  }
  return components;
}

interface Visit {
  readonly node: number;
  /** Successors of `node` that were looked at. */
  child: number;
}

function lower(low: number[], node: number, value: number | undefined): void {
  const old = low[node];
  if (old !== undefined && value !== undefined && value < old) low[node] = value;
}
