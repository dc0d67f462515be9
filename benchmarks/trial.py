"""The trial of page 11a in full: correctors with and without momentum, on digits or on clothes

    python benchmarks/trial.py --data FOLDER [--set mnist|fashion] [--out runs/trial] [--n 500] [--seeds 2 3 4]

Draws `n` pictures a seed for each row of the trial from a network that ships, each class in turn, and keeps every draw in `--out`: kill it at
any moment, and the next call goes on. Draws with another `n`, network or step size are refused. Then all draws are judged in the features of a
classifier (that of digits ships, that of clothes is trained first), pooled over seeds: Fréchet distance to the training set and 200 bootstraps
of it, the floor that as many real test pictures have, precision and recall against 1,000 of them, and the paired distance from the plain
corrector's pictures. The numbers go to `OUT/trial.json`; those that ship are in scorediff/results/trial.json. On one core digits take about
two hours, clothes one."""
import argparse, json, sys
from pathlib import Path

import torch

from scorediff.classify import Classifier, CrossEntropy, moved
from scorediff.compare import Row, Walk, draw
from scorediff.core import progress
from scorediff.data import fashion_mnist, mnist, to_float, to_uint8
from scorediff.judge import digit_judge
from scorediff.metrics import frechet, mean_se, precision, recall, stats
from scorediff.momentum import CORRECTORS, corrected
from scorediff.nets import load_net, read_tensors, save_net, write_tensors, write_whole
from scorediff.process import VE, VP, even_snr
from scorediff.score import trained
from scorediff.train import Recipe, Training, alone, digits_net, fashion_net, fit
from scorediff.words import METHODS

THREE = 'plain','momentum','underdamped'
ROWS = {'mnist': [(('plain',), (6,8,10,14,20,28)), (('momentum','underdamped','no corrector'), (10,20)), (('longer climb','warm','momentum, VE'), (10,20)),
                  (('underdamped','no corrector'), (6,)), (('DPM++ 2M SDE',), (10,20)), ((*THREE,'no corrector'), (50,)),
                  (('plain','momentum'), (100,200))],
        'fashion': [(('plain',), (6,8,10,14,20,28)), (('momentum','underdamped','no corrector'), (10,20)), (('longer climb','warm'), (10,20)),
                    (tuple(f'{k}, r = 0.54' for k in (*THREE,'longer climb')), (20,)), ((*THREE,'no corrector'), (50,)), (('momentum, VE',), (10,20)), (('plain',), (100,))]}

def pc(name, r, process=VP): return Walk(corrected(CORRECTORS[name], r), even_snr, process())

def method(name, snr):
    "The method of a row, by its name"
    if name=='no corrector': return METHODS['DDPM']
    if name in METHODS: return METHODS[name]
    name,_,other = name.partition(', ')
    r = float(other[4:]) if other.startswith('r = ') else snr[name]
    return pc(name, r, VE if other=='VE' else VP)

def classifier(train, path, device):
    "Features (n, 64) of clothes, by a classifier that is trained once"
    if not path.exists():
        torch.manual_seed(0)
        run = Training(Classifier().to(device), Recipe(steps=4000, batch=128, lr=4e-3, warmup=100, decay=0.7, ema=0.99))
        loss = CrossEntropy(0., lambda x: moved(x, 0.05, 0.06, 0.05))
        for run in progress(fit(run, loss, train), 4000, 'classifier'): pass
        save_net(run.ema, path)
    net = load_net(Classifier, path).requires_grad_(False).to(device).eval()
    return net, lambda x: torch.cat([net.features(o.to(device)).cpu() for o in to_float(to_uint8(x)).split(500)])

def pilot(net, features, goal, device, ratios=(0.08,0.16,0.32,0.54,0.64,0.96), n=200, nfe=20):
    "The signal-to-noise ratio of least distance for each corrector, on a seed of its own"
    def far(name, snr):
        m = pc(name, snr)
        x,_,_ = draw(Row(f'{name}, r = {snr}', m, net, nfe), range(n), 1, 50, f'{name}, r = {snr}')
        return frechet(stats(features(x)), goal)
    found = {name:{snr:far(name, snr) for snr in ratios} for name in THREE}
    best = {name:min((r for r in v if r!=0.54), key=v.get) for name,v in found.items()} # that one has rows of its own
    return found, best | dict.fromkeys(('longer climb','warm'), best['momentum']) # controls of momentum as it is

def kept(file, how):
    "The pictures (n, 1, 28, 28) in a file, if they were drawn as we would draw them now"
    try: tensors,was = read_tensors(file)
    except ValueError as e: raise ValueError(f'{e}; or delete it, and it is drawn again') from None
    off = [f'{k} was {was.get(k)} and is {v}' for k,v in how.items() if was.get(k)!=v]
    if off: raise ValueError(f'{file} was drawn otherwise ({", ".join(off)}): give another --out')
    return tensors['x']

def results(file):
    "The JSON object in a file; empty if there is no file"
    if not file.exists(): return {}
    try: return dict(json.loads(file.read_text()))
    except (ValueError, TypeError) as e: raise ValueError(f'{file} is broken ({e}): move it away') from None

def write(file, o): write_whole(file, json.dumps(o, default=float, allow_nan=False).encode())

def drawn(a, net, snr, device):
    "(name, evaluations) -> (n, 1, 28, 28) pictures of all seeds, from `--out` or fresh"
    out = {}
    for names,nfes in ROWS[a.set]:
        for name,nfe in ((k,n) for n in nfes for k in names):
            m,parts = method(name, snr),[]
            for seed in a.seeds[:1] if nfe>=100 else a.seeds:
                f = a.out/a.set/f'{name} {nfe} {seed}.safetensors'
                how = dict(n=a.n, net=str(trained(net, m.process).fn), snr=snr.get(name.partition(',')[0]))
                if not f.exists() and not a.judge:
                    x,cost,_ = draw(Row(name, m, net, nfe), range(a.n), seed, 50, f'{name}, {nfe}, seed {seed}')
                    assert cost==nfe, (name, nfe, cost)
                    write_tensors(f, dict(x=to_uint8(x)), **how)
                if f.exists(): parts.append(to_float(kept(f, how)))
            if parts: out[name,nfe] = torch.cat(parts)
    return out

def floor(test, spare, n, features, goal, sets=20):
    "Mean distance of `n` real test pictures, each class alike, and its standard error"
    g = torch.Generator().manual_seed(0)
    pools = [((test.y==k)&spare).nonzero()[:,0] for k in range(10)]
    pick = lambda: torch.cat([p[torch.randperm(len(p), generator=g)[:n//10]] for p in pools])
    f = features(to_float(test.x))
    return mean_se(torch.tensor([frechet(stats(f[pick()]), goal) for _ in range(sets)]))

def judged(name, nfe, x, plain, features, goal, real, k=200):
    "What is kept of a row"
    f,g = features(x),torch.Generator().manual_seed(0)
    far = lambda f: frechet(stats(f), goal)
    again = torch.tensor([far(f[torch.randint(len(f), (len(f),), generator=g)]) for _ in range(k)])
    row = dict(name=name, nfe=nfe, n=len(x), frechet=far(f), again=[round(v, 4) for v in again.tolist()])
    for word,v in dict(precision=precision(f, real), recall=recall(f, real)).items(): row |= {word:v[0], f'{word}_se':v[1]}
    if plain is not None and len(plain)==len(x) and name!='plain':
        row['apart'],row['apart_se'] = mean_se((x-plain).abs().flatten(1).mean(1)*127.5)
    return row

def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', help='folder of the data set; default: the variable SCOREDIFF_DATA')
    p.add_argument('--set', choices=list(ROWS), default='mnist')
    p.add_argument('--out', type=Path, default=Path('runs/trial'))
    p.add_argument('--n', type=int, default=500, help='pictures a seed')
    p.add_argument('--seeds', type=int, nargs='+', default=[2,3,4], help='the first alone from 100 evaluations on; the pilots had seed 1')
    p.add_argument('--judge', action='store_true', help='draw nothing more: judge what there is')
    p.add_argument('--device', default='cpu')
    a = p.parse_args()
    if a.n<10 or a.n%10 or a.n*len(a.seeds)>8000: p.error('--n must be a multiple of ten, and at most 8,000 in all: as many real ones are the floor')
    return a

def run(a):
    file,pilot_file = a.out/'trial.json',a.out/'pilot.json'
    before,pilots = results(file),results(pilot_file) # refused before the work, if at all
    train,test = ((mnist if a.set=='mnist' else fashion_mnist)(o, root=a.data) for o in (True, False))
    if a.set=='mnist': net,features,pilots,snr = digits_net(),digit_judge().first.features,None,dict.fromkeys(CORRECTORS, 0.32)
    else:
        net,(judge,features) = fashion_net(),classifier(train, a.out/'clothes.safetensors', a.device)
        right = torch.cat([judge(to_float(o).to(a.device))[:,:10].argmax(1).cpu() for o in test.x.split(500)])==test.y
    net = net.to(a.device)
    goal = stats(features(to_float(train.x)))
    if a.set=='fashion':
        if not pilots: write(pilot_file, dict(zip(('found','best'), pilot(net, features, goal, a.device))))
        pilots,snr = (results(pilot_file)[k] for k in ('found','best'))
    pictures = drawn(a, net, snr, a.device)
    every = torch.arange(10_000)%10==0 # these serve precision and recall, the others the floor
    real = features(to_float(test.x[every]))
    rows = [judged(k, n, x, pictures.get(('plain',n)), features, goal, real) for (k,n),x in progress(list(pictures.items()), desc='judging')]
    floors = {n:floor(test, ~every, n, features, goal) for n in sorted({r['n'] for r in rows})}
    out = dict(rows=rows, floors={str(n):v for n,v in floors.items()}, seeds=a.seeds, snr=snr, pilot=pilots)
    if a.set=='fashion': out['named_rightly'] = mean_se(right.double())
    write(file, before | {a.set:out})
    for r in rows: print(f"{r['name']:14} {r['nfe']:4} {r['n']:5} {r['frechet']-floors[r['n']][0]:7.3f} +- {torch.tensor(r['again']).std():.3f}")

def main():
    a = arguments()
    try:
        with alone(a.out): run(a)
    except KeyboardInterrupt: status,said = 130,f'stopped; what is drawn is in {a.out/a.set}, and the same call goes on'
    except (ValueError, TypeError, OSError, ArithmeticError) as e: status,said = 2,e
    else: return
    print(f'trial.py: {said}', file=sys.stderr)
    sys.exit(status)

if __name__=='__main__': main()
