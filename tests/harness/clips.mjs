// Small films for tests, made by ffmpeg: a test picture and a sine, a few seconds long.

import path from 'node:path';

import { make } from './ffmpeg.mjs';

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2', '-pix_fmt', 'yuv420p'];

/**
 * Makes scratch/NAME; its ending decides the container. `seconds` long, with `video` and `audio` as
 * codec options for ffmpeg, or null for none.
 */
export function makeClip(scratch, name, { seconds = 4, video = H264, audio = ['-c:a', 'aac'], more = [] } = {}) {
    const inputs = [...(video ? PICTURE : []), ...(audio ? SOUND : [])];
    return make(path.join(scratch, name), [...inputs, ...(video ?? []), ...(audio ?? []), '-t', String(seconds), ...more]);
}

export const h264 = H264;
