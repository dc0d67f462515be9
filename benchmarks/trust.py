"""How often is a search wrong without a doubt, and how often does it doubt when all is right?

    python benchmarks/trust.py trust.jsonl                       20 default searches on each of ten laws; goes on where it stopped
    python benchmarks/trust.py trust.jsonl --laws funnel --seeds 5
    python benchmarks/trust.py trust.jsonl --minutes 0           only the table of what is there

A search is wrong if its log Z is off by more than 0.05 and five of its standard errors, or the share of a part by more than 0.05.
Parts are the surroundings of each centre, or of a law without centres the quarters of its first coordinate.
A search that refuses to answer has said so: it counts as a doubt. Each search is a line of the file."""
import argparse, json, time, warnings
from pathlib import Path

import torch
from scorediff.core import seeded
from scorediff.densities import DENSITIES, UNTUNED
from scorediff.reference import Region

LAWS = DENSITIES | UNTUNED
TEN = [*UNTUNED, 'four modes', 'Müller-Brown']

def parts(law):
    "A function that gives shares of weighted points, and the right ones"
    with seeded(123): x = law.sample(100_000)
    if hasattr(law, 'mu'):
        centres = torch.as_tensor(law.mu).double()
        of,k = (lambda y: torch.cdist(y, centres).argmin(1)),len(centres)
    else:
        cuts,k = x[:,0].quantile(torch.tensor([.25,.5,.75]).double()),4
        of = lambda y: torch.bucketize(y[:,0].contiguous(), cuts)
    shares = lambda y, w: torch.zeros(k).double().index_add_(0, of(y), w)
    return shares, shares(x, torch.full((len(x),), 1/len(x)).double())

def run(name, seed):
    "One search, as a row"
    law,begin = LAWS[name],time.perf_counter()
    row = dict(law=name, seed=seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            fit = Region(law.around, seed=seed)(law.log_prob)
    except ValueError as e: return row | dict(refused=str(e), seconds=time.perf_counter()-begin)
    shares,right = parts(law)
    (z,se),(a,b) = fit.log_z,fit.interval
    off = (shares(fit.draws.y[0].double(), fit.draws.w[0])-right).abs().max().item()
    return row | dict(off=z-law.log_z, se=se, share=off, inside=a<=law.log_z<=b, doubts=fit.doubts,
                      evaluations=fit.evaluations, seconds=time.perf_counter()-begin)

def wrong(row): return abs(row['off'])>max(.05, 5*row['se']) or row['share']>.05

def table(rows):
    "A line for each law, and for all"
    print(f'{"law":18} {"n":>4} {"refused":>8} {"wrong":>6} {"unsaid":>7} {"right":>6} {"doubted":>8} {"in interval":>12} {"evaluations":>12}')
    for name in [*dict.fromkeys(o['law'] for o in rows), None]:
        own = [o for o in rows if name in (o['law'], None)]
        fits = [o for o in own if 'refused' not in o]
        bad,good = [o for o in fits if wrong(o)],[o for o in fits if not wrong(o)]
        cost = sorted(o['evaluations'] for o in fits)[len(fits)//2] if fits else 0
        print(f'{name or "all":18} {len(own):4} {len(own)-len(fits):8} {len(bad):6} {sum(not o["doubts"] for o in bad):7} {len(good):6} '
              f'{sum(bool(o["doubts"]) for o in good):8} {sum(o["inside"] for o in good):12} {cost:12}')

if __name__=='__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('out', type=Path)
    p.add_argument('--laws', nargs='+', default=TEN, choices=list(LAWS))
    p.add_argument('--seeds', type=int, default=20)
    p.add_argument('--minutes', type=float, default=1e9)
    a = p.parse_args()
    torch.set_num_threads(1)
    rows,begin = [json.loads(o) for o in a.out.read_text(encoding='utf-8').splitlines()] if a.out.exists() else [],time.perf_counter()
    done = {(o['law'],o['seed']) for o in rows}
    for seed in range(a.seeds):
        for name in a.laws:
            if (name,seed) in done or time.perf_counter()-begin>60*a.minutes: continue
            rows.append(run(name, seed))
            with a.out.open('a', encoding='utf-8') as f: f.write(json.dumps(rows[-1], ensure_ascii=False)+'\n')
    table(rows)
    for o in rows:
        if 'refused' not in o and (wrong(o) or o['doubts']):
            print(f'{o["law"]}, seed {o["seed"]}: log Z off by {o["off"]:.3f} +- {o["se"]:.3f}, a share by {o["share"]:.3f}; '
                  + ('; '.join(o['doubts']) or 'no doubt'))
