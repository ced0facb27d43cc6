// `segue cut` and `ffmpeg -c copy` in turn on the same film; cut.sh is the way to start it.
//
// Two things of the machine would decide the result, so both are kept away. Nothing is deleted
// before the end, files are only emptied: ext4 without a journal looks for an inode that was not in
// use lately, at a cost that grows with what was removed in the last minutes. And a round that is not counted
// comes first: pages that a virtual machine touches for the first time are slow.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';

import { must, peakMemory, run, segue, sourceDir } from '../harness/programs.mjs';
import { putInPage, table } from './markdown.mjs';
import { readCount, readOptions } from './options.mjs';
import { spread } from './statistics.mjs';

const USAGE = `tests/bench/cut.sh [OPTION...]

  --rounds N       that are counted; default: 5
  --minutes N      of the film; default: 30
  --dir DIR        where the film is made, and kept for the next time, and cut; default: build/bench/cut
  --markdown FILE  put the tables into this page, as docs/benchmarks.md has a place for them

SEGUE_BUILD names another build to measure than build/bench.`;

const BARS = { wall: 1.0, cpu: 1.2, peakMib: 128 };
const SEGMENT_S = 6;

const HLS = ['-c', 'copy', '-f', 'hls', '-hls_segment_type', 'fmp4', '-hls_time', String(SEGMENT_S), '-hls_playlist_type', 'vod'];
const ffmpegTo = (more) => (film, dir) => ['ffmpeg', '-v', 'error', '-nostdin', '-i', film, ...HLS, ...more, path.join(dir, 'film.m3u8')];

const CONTENDERS = [
    {
        name: 'segue cut',
        command: (film, dir) => [segue, 'cut', '--store', path.join(dir, 'store'), '--title', 'film', '--segment', String(SEGMENT_S), '--quiet', film],
    },
    { name: 'ffmpeg, a file per segment', command: ffmpegTo([]), hasBars: true },
    { name: 'ffmpeg, one file', command: ffmpegTo(['-hls_flags', 'single_file']) },
];

function readCommandLine() {
    const text = (value) => ({ type: 'string', value });
    const values = readOptions(USAGE, {
        rounds: text('5'), minutes: text('30'), dir: text(path.join(sourceDir, 'build/bench/cut')), markdown: text(),
    }, {});
    return { ...values, rounds: readCount(values.rounds, 100), minutes: readCount(values.minutes, 600) };
}

/** A minute of 1080p at 6.6 Mbit/s that nothing can compress, over and over. */
async function makeFilm(dir, minutes) {
    const film = path.join(dir, `film-${minutes}.mp4`);
    if (existsSync(film)) return film;
    console.error(`making ${film}`);
    const minute = path.join(dir, 'minute.mp4');
    const part = path.join(dir, 'part.mp4');
    await must('ffmpeg', ['-v', 'error', '-nostdin', '-y',
        '-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=25,noise=alls=30:allf=t', '-f', 'lavfi', '-i', 'sine=440:r=48000,aformat=channel_layouts=stereo',
        '-t', '60', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-b:v', '6500k', '-minrate', '6500k', '-maxrate', '6500k', '-bufsize', '6500k',
        '-nal-hrd', 'cbr', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '128k', minute]);
    await must('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-stream_loop', String(minutes - 1), '-i', minute, '-c', 'copy', '-movflags', '+faststart', part]);
    rmSync(minute);
    renameSync(part, film);
    return film;
}

const filesIn = (dir) => readdirSync(dir, { recursive: true }).map((name) => path.join(dir, name)).filter((file) => statSync(file).isFile());
const bytesIn = (dir) => filesIn(dir).reduce((sum, file) => sum + statSync(file).size, 0);

/** Runs one contender and the sync of what it wrote: {wall, cpu, peakMib}, times in seconds. */
async function measure(contender, film, dir) {
    mkdirSync(dir, { recursive: true });
    await must('dd', [`if=${film}`, 'of=/dev/null', 'bs=1M', 'status=none']); // so that it is in the page cache
    await must('sync', ['-f', dir]);
    const script = 'TIMEFORMAT="%R %U %S"; dir=$1; shift; time { "$@" >/dev/null && sync -f "$dir"; }';
    const { code, stderr } = await run('bash', ['-c', script, 'cut', dir, peakMemory, ...contender.command(film, dir)], { env: { LC_ALL: 'C' } });
    const [, peakKib, wall, user, system] = stderr.match(/(\d+)\n([\d.]+) ([\d.]+) ([\d.]+)\n$/) ?? [];
    if (code !== 0 || system === undefined) throw new Error(`${contender.name}: ${code}\n${stderr}`);
    const files = filesIn(dir);
    if (bytesIn(dir) < statSync(film).size * 0.98) throw new Error(`${contender.name}: wrote ${bytesIn(dir)} bytes, and the film has more`);
    for (const file of files) truncateSync(file);
    return { wall: Number(wall), cpu: Number(user) + Number(system), peakMib: Number(peakKib) / 1024, files: files.length };
}

const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);

async function runRounds(film, dir, rounds) {
    const figures = new Map(CONTENDERS.map((contender) => [contender, []]));
    for (let round = 0; round <= rounds; round++)
        for (const contender of rotated(CONTENDERS, round)) {
            const figure = await measure(contender, film, path.join(dir, `${round}-${CONTENDERS.indexOf(contender)}`));
            if (round > 0) figures.get(contender).push(figure);
            console.error(`${round > 0 ? `round ${round}` : 'warm-up'}  ${contender.name}: ${figure.wall.toFixed(2)} s, CPU ${figure.cpu.toFixed(2)} s, ${figure.peakMib.toFixed(0)} MiB`);
        }
    return figures;
}

const show = (values, digits) => {
    const { median, min, max } = spread(values);
    return `${median.toFixed(digits)} (${min.toFixed(digits)}..${max.toFixed(digits)})`;
};
const verdict = (value, bar) => (value <= bar ? `${bar}: met` : `${bar}: **not met**`);

function figureTable(figures) {
    const rows = [...figures].map(([{ name }, rounds]) => [
        name,
        show(rounds.map(({ wall }) => wall), 2),
        show(rounds.map(({ cpu }) => cpu), 2),
        Math.max(...rounds.map(({ peakMib }) => peakMib)).toFixed(0),
        String(rounds[0].files),
    ]);
    return table([['', 'wall s:', 'CPU s, user + system:', 'peak RSS MiB:', 'files:'], ...rows]);
}

function ratioTable(figures) {
    const [ours, ...peers] = [...figures];
    const rows = peers.map(([peer, theirs]) => {
        const ratios = (what) => ours[1].map((figure, i) => figure[what] / theirs[i][what]);
        const cells = ['wall', 'cpu'].flatMap((what) => [show(ratios(what), 2), peer.hasBars ? verdict(spread(ratios(what)).median, BARS[what]) : '']);
        return [peer.name, ...cells];
    });
    const peak = Math.max(...ours[1].map(({ peakMib }) => peakMib));
    return `${table([['segue cut /', 'wall:', 'bar', 'CPU:', 'bar'], ...rows])}\n\nPeak RSS of \`segue cut\`: ${peak.toFixed(0)} MiB; bar ${verdict(peak, BARS.peakMib)}.`;
}

async function describe(film, rounds) {
    const version = (await must('ffmpeg', ['-version'])).match(/version (\S+)/)[1];
    return `${cpus()[0].model}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; FFmpeg ${version}; ` +
        `film of ${(statSync(film).size / 1e9).toFixed(2)} GB in the page cache; ${rounds} rounds; medians (least..most).`;
}

const options = readCommandLine();
mkdirSync(options.dir, { recursive: true });
const film = await makeFilm(options.dir, options.minutes);
const out = path.join(options.dir, 'out');
rmSync(out, { recursive: true, force: true });
const figures = await runRounds(film, out, options.rounds);
rmSync(out, { recursive: true });
const report = [await describe(film, options.rounds), ratioTable(figures), figureTable(figures)].join('\n\n');
console.log(report);
if (options.markdown !== undefined) putInPage(options.markdown, 'cut', report);
