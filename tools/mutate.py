"""Put small faults into the library, one at a time, and see which of them no test notices

    python tools/mutate.py                          a hundred faults, spread over all modules by their size
    python tools/mutate.py --n 20 --only rdmc chains    twenty in these modules
    python tools/mutate.py --part 2/5               the second fifth of the hundred, for a run in pieces
    python tools/mutate.py --seed 1 --next 2        others; what its page lets pass is tried on two later pages that import it

A fault is a change of one expression: a sign, a factor of 2, t for s, arguments swapped, off by one, a square or root dropped,
a comparison turned, a constant changed. It is made in a copy of the tree, in the module and in the cell that exports it, and
the page runs until a cell fails, or for four times as long as usual. What survives is printed with its place, before and after.
Messages, docstrings, annotations, reprs and numbers that are the same in law (guards, sizes of chunks) are left alone. The last
line says how many were killed; with fewer than 95 in 100, the exit status is 1."""
import argparse, ast, copy, json, os, random, shutil, sys, tempfile, time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from test import MARKER, failed, flags, opened, prepare, root, start_method # the one beside this file

SAME = set('chunk batch ahead every progress desc most size dpi alpha lw s zoom figsize maxsize title'.split()) # change how, not what
FIGURES = {'plot'} # numbers there are matters of taste

# ---- faults

def exprs(tree):
    "(expression, what it is inside of) that may be changed, in order"
    def go(node, inside):
        if isinstance(node, (ast.JoinedStr,ast.Raise,ast.Assert,ast.Import,ast.ImportFrom)): return
        if isinstance(node, ast.FunctionDef):
            if node.name in ('__repr__','_repr_markdown_'): return
            yield from defaults(node, inside)
            for o in node.body: yield from go(o, [*inside, node])
            return
        if isinstance(node, ast.ClassDef):
            for o in node.body: yield from go(o, [*inside, node])
            return
        if isinstance(node, ast.AnnAssign):
            if node.value is not None and getattr(node.target, 'id', '') not in SAME: yield from go(node.value, inside)
            return
        if isinstance(node, ast.keyword) and node.arg in SAME: return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant): return # a docstring
        if isinstance(node, ast.expr) and not isinstance(getattr(node, 'ctx', ast.Load()), (ast.Store,ast.Del)): yield node,inside
        for o in ast.iter_child_nodes(node): yield from go(o, inside)
    def defaults(f, inside):
        a = f.args
        both = [*zip([*a.posonlyargs, *a.args][::-1], a.defaults[::-1]), *zip(a.kwonlyargs, a.kw_defaults)]
        for arg,value in both:
            if value is not None and arg.arg not in SAME: yield from go(value, inside)
    yield from go(tree, [])

def faults(node, inside):
    "(kind, expression to put in its place)"
    new = lambda f: (lambda o: (f(o), o)[1])(copy.deepcopy(node))
    put = lambda **kw: new(lambda o: [setattr(o, k, v) for k,v in kw.items()])
    if isinstance(node, ast.BinOp):
        turn = {ast.Add:ast.Sub, ast.Sub:ast.Add, ast.Mult:ast.Div, ast.Div:ast.Mult}
        if type(node.op) in (ast.Add,ast.Sub): yield 'sign',put(op=turn[type(node.op)]())
        if type(node.op) in (ast.Mult,ast.Div):
            yield 'factor',put(op=turn[type(node.op)]())
            yield 'factor 2',ast.BinOp(ast.Constant(2), ast.Mult(), copy.deepcopy(node))
        if isinstance(node.op, ast.Pow): yield 'power dropped',copy.deepcopy(node.left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub,ast.Not)): yield 'sign',copy.deepcopy(node.operand)
    if isinstance(node, ast.Compare) and len(node.ops)==1:
        pairs = [(ast.Lt,ast.Gt), (ast.LtE,ast.GtE), (ast.Eq,ast.NotEq), (ast.Is,ast.IsNot)]
        turn = dict(pairs) | {b:a for a,b in pairs}
        if type(node.ops[0]) in turn: yield 'comparison turned',put(ops=[turn[type(node.ops[0])]()])
    if isinstance(node, ast.BoolOp): yield 'and/or',put(op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.IfExp): yield 'branches swapped',put(body=node.orelse, orelse=node.body)
    if isinstance(node, ast.Call):
        name = getattr(node.func, 'attr', getattr(node.func, 'id', ''))
        method = isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Call) and not node.args
        if method and name in ('sqrt','square','abs','exp','log','mean','neg'):
            yield f'{name} dropped',copy.deepcopy(node.func.value)
        if name in ('sqrt','exp','log','expm1') and len(node.args)==1: yield f'{name} dropped',copy.deepcopy(node.args[0])
        plain = [o for o in node.args[:2] if not isinstance(o, (ast.Starred,ast.Constant,ast.GeneratorExp,ast.Lambda))]
        if len(plain)==2 and ast.dump(plain[0])!=ast.dump(plain[1]) and name not in ('isinstance','getattr','hasattr','setattr'):
            yield 'arguments swapped',put(args=[node.args[1], node.args[0], *node.args[2:]])
    if isinstance(node, ast.Name) and node.id in ('t','s'):
        f = next((o for o in reversed(inside) if isinstance(o, ast.FunctionDef)), None)
        if f and {'t','s'} <= {a.arg for a in f.args.args}: yield 'wrong time',put(id='s' if node.id=='t' else 't')
    if isinstance(node, ast.Constant) and type(node.value) is int and 0<=node.value<20: yield 'off by one',put(value=node.value+1)
    if isinstance(node, ast.Constant) and type(node.value) is float and (node.value==0 or 1e-5<abs(node.value)<1e5):
        yield 'constant',put(value=2*node.value or 1.)
    if isinstance(node, ast.Constant) and type(node.value) is bool: yield 'yes/no',put(value=not node.value)

class Fault:
    def __init__(self, module, text, node, kind, new):
        self.module,self.kind,self.line = module,kind,node.lineno
        self.where = (node.lineno-1, node.col_offset), (node.end_lineno-1, node.end_col_offset)
        lines = text.split('\n')
        self.before,self.after = ast.get_source_segment(text, node),f'({ast.unparse(ast.fix_missing_locations(new))})'
        self.marker = max(i for i in range(self.line) if MARKER.match(lines[i]))
        self.page,self.cell = MARKER.match(lines[self.marker]).groups()
        self.context = lines[self.line-1].strip()

    def __str__(self):
        place = f'scorediff/{self.module}.py:{self.line} ({self.page}, cell {self.cell})'
        return f'{place} {self.kind}: {" ".join(self.before.split())} -> {self.after}   in   {self.context}'

    def put(self, lines, shift=0):
        "The lines with the fault"
        (i,a),(j,b) = self.where
        i,j = i-shift,j-shift
        first,last = lines[i].encode()[:a].decode(),lines[j].encode()[b:].decode()
        return [*lines[:i], first+self.after+last, *lines[j+1:]]

    def into(self, tree):
        "Put it into a copy of the tree: the module, and the cell that it comes from"
        module,page = tree/'scorediff'/f'{self.module}.py',tree/'nbs'/self.page
        lines = module.read_text(encoding='utf-8').split('\n')
        module.write_text('\n'.join(self.put(lines)), encoding='utf-8')
        nb = json.loads(page.read_text(encoding='utf-8'))
        cell = next(o for o in nb['cells'] if o['id']==self.cell)
        source = ''.join(cell['source']).split('\n')
        skipped = next(k for k,o in enumerate(source) if o.strip() and not o.startswith('#|'))
        shift = self.marker+1-skipped
        i = self.where[0][0]
        if source[i-shift]!=lines[i]: raise LookupError(f'{self}: is not what its cell says')
        cell['source'] = '\n'.join(self.put(source, shift))
        page.write_text(json.dumps(nb), encoding='utf-8')

def found(module):
    "All faults of a module, by kind"
    text = (root/'scorediff'/f'{module}.py').read_text(encoding='utf-8')
    kinds = defaultdict(list)
    for node,inside in exprs(ast.parse(text)):
        if not any(MARKER.match(o) for o in text.split('\n')[:node.lineno]): continue # `__all__`
        for kind,new in faults(node, inside):
            if module in FIGURES and kind in ('off by one','constant','factor 2'): continue
            kinds[kind].append(Fault(module, text, node, kind, new))
    return kinds

def chosen(modules, n, seed):
    "`n` faults: modules by their size, kinds alike, lines once"
    rng,size = random.Random(seed),{}
    for m in modules: size[m] = len((root/'scorediff'/f'{m}.py').read_text(encoding='utf-8').split('\n'))
    share = {m:n*v/sum(size.values()) for m,v in size.items()}
    count = {m:int(v) for m,v in share.items()}
    for m in sorted(share, key=lambda m: count[m]-share[m])[:n-sum(count.values())]: count[m] += 1
    out = []
    for m in modules:
        kinds,seen = found(m),set()
        for _ in range(count[m]):
            kinds = {k:left for k,v in kinds.items() if (left := [o for o in v if o.line not in seen])}
            if not kinds: break
            fault = rng.choice(kinds[rng.choice(sorted(kinds))])
            seen.add(fault.line)
            out.append(fault)
    return out

# ---- tests

def trial(notebook, skipped, file):
    "Run a page until a cell fails, and write which"
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1), os.dup2(null, 2)
    tree = notebook.parent.parent
    os.environ['PYTHONPATH'] = os.pathsep.join([str(tree), os.environ.get('PYTHONPATH', '')])
    nb,shell,skip = opened(notebook, skipped)
    try: shell.run_all(nb, exc_stop=True, preproc=skip)
    except BaseException as e:
        file.write_text(failed(notebook, nb.cells[shell._cell_idx-1], e), encoding='utf-8')
        os._exit(1)
    file.write_text('', encoding='utf-8')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--n', type=int, default=100, help='how many faults')
    p.add_argument('--seed', type=int, default=0, help='which')
    p.add_argument('--part', default='1/1', help='of the faults, only the I-th of N pieces: I/N')
    p.add_argument('--only', nargs='+', help='modules; without it, all')
    p.add_argument('--next', type=int, default=0, help='later pages on which to try what its own page lets pass')
    p.add_argument('--workers', type=int, default=min(2, os.cpu_count() or 1), help='faults at a time')
    p.add_argument('--list', action='store_true', help='print the faults, and run nothing')
    args = p.parse_args()
    made = {o.stem:o.read_text(encoding='utf-8') for o in sorted((root/'scorediff').glob('*.py'))}
    modules = sorted(m for m,text in made.items() if any(map(MARKER.match, text.split('\n'))) and m!='all')
    if args.only:
        if unknown := {*args.only}-{*modules}: p.error(f'no module is called {", ".join(sorted(unknown))}')
        modules = sorted(args.only)
    every = chosen(modules, args.n, args.seed)
    i,n = map(int, args.part.split('/'))
    if not 1<=i<=n: p.error(f'--part is I/N with I from 1 to N, not {args.part}')
    every = every[(i-1)*len(every)//n:i*len(every)//n]
    if args.list:
        for o in every: print(o)
        return
    prepare()
    skipped,context,begun = flags(),start_method(),time.time()

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(args.workers) as pool:
        trees = Queue()
        clean = Path(folder)/'clean' # as it is now, whatever is edited meanwhile
        for tree in [clean, *(Path(folder)/f'tree{i}' for i in range(args.workers))]:
            for d in 'nbs','scorediff': shutil.copytree(root/d, tree/d, ignore=shutil.ignore_patterns('__pycache__', '.ipynb_checkpoints'))
            shutil.copy(root/'settings.ini', tree)
            if tree!=clean: trees.put(tree)

        def test(tree, page, most=None):
            "(seconds, what failed: None if nothing)"
            file,start = tree/'failed',time.time()
            file.unlink(missing_ok=True)
            process = context.Process(target=trial, args=(tree/'nbs'/page, skipped, file))
            process.start()
            process.join(most)
            late = process.is_alive()
            if late: process.kill(); process.join()
            said = file.read_text(encoding='utf-8') if file.exists() else f'ended with {process.exitcode}'
            return time.time()-start, 'took too long' if late else said or None

        def usual(page):
            tree = trees.get()
            try: return test(tree, page)
            finally: trees.put(tree)

        later = {m:[] for m in modules} # pages that import a module, after its own
        for path in sorted((root/'nbs').glob('*.ipynb')):
            text = path.read_text(encoding='utf-8')
            for m in modules:
                if f'from scorediff.{m} import' in text: later[m].append(path.name)
        pages = sorted({q for o in every for q in [o.page, *[q for q in later[o.module] if q>o.page][:args.next]]})
        times = dict(zip(pages, pool.map(usual, pages)))
        for page,(_,why) in times.items():
            if why: print(f'{page} fails without any fault: {why}', flush=True)

        def kill(fault):
            tree = trees.get()
            try:
                fault.into(tree)
                for page in [fault.page, *[q for q in later[fault.module] if q>fault.page][:args.next]]:
                    if times[page][1]: continue
                    why = test(tree, page, 4*times[page][0]+20)[1]
                    if why: return why
            finally:
                for o in f'scorediff/{fault.module}.py',f'nbs/{fault.page}': shutil.copy(clean/o, tree/o)
                trees.put(tree)

        killed,left = 0,[]
        for fault,why in zip(every, pool.map(kill, every)):
            killed += bool(why)
            if not why: left.append(fault)
            print(f'{"killed  " if why else "SURVIVED"} {fault}' + (f'   by   {why}' if why else ''), flush=True)
    print()
    for o in left: print(o)
    print(f'{time.time()-begun:.0f} s in all')
    print(f'{len(every)} faults, {killed} killed, {len(left)} survived')
    sys.exit(killed<0.95*len(every))

if __name__=='__main__': main()
