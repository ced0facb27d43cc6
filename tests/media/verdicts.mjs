// What becomes of each file of the media collection. A file that is not named here may be accepted
// or refused; what holds for every accepted or refused file holds for it too.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { skipFile, sourceDir } from '../harness/programs.mjs';

const accepted = { isAccepted: true };
const refused = (...words) => ({ isAccepted: false, words });
const noMedia = refused('no media that Segue reads', 'ffprobe FILE');

export const verdicts = {
    'androidx/bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4': accepted,
    'androidx/edit_list_positive_shift.mp4': accepted,
    'androidx/long_1080p_lowbitrate.mp4': accepted,
    'androidx/sample_edit_list.mp4': accepted,
    'androidx/sample_malformed_free_box.mp4': noMedia,
    'androidx/sample_missing_stsd.mp4': refused('track 2 (audio', 'codec is unknown', 're-encode'),
    'androidx/sample_rotate_and_reflect.mp4': accepted,
    'androidx/sample_scte35.ts': refused('track 1 (video, mpeg2video)', '-c:v libx264'),
    'androidx/sample_shorter_audio.mp4': accepted,
    'androidx/sample_twos_pcm.mp4': refused('track 2 (audio, pcm_s16be)', '-c:a aac'),
    'androidx/sample_with_chapters.mp4': accepted,
    'androidx/sample_with_increasing_timestamps_360p.mp4': accepted,
    'androidx/sample_with_srt.mkv': accepted,
    'intel/car-detection.mp4': accepted,
    'mdn/elf.webm': refused('track 1 (video, vp8)', '-c:v libx264'),
    'mdn/flower.mp4': accepted,
    'mdn/friday.mp4': accepted,
    'mdn/friday.vtt': noMedia,
    'mdn/sintel-de.vtt': noMedia,
    'mdn/sintel-en.vtt': noMedia,
    'mdn/sintel-es.vtt': noMedia,
    'mdn/viper.mp3': accepted,
    'mediabunny/annex-b-avc.mkv': accepted,
    'mediabunny/cursed-vfr.mp4': accepted,
    'mediabunny/missing-keyframe-labels.ts': accepted,
    'mediabunny/multiple-aac-tracks.mp4': accepted,
    // It begins in the middle of a group of pictures.
    'mediabunny/no-initial-keyframe.ts': { isAccepted: true, framesLeftOut: 63 },
    'mp4parse/chunk_out_of_range.mp4': noMedia,
    'mp4parse/test_case_1185230.mp4': refused('truncated', 'track 1 has 3 of its 10 samples'),
    'pitivi/one_fps_numeroted_blue.mkv': accepted,
    'qtmultimedia/multitrack.mkv': accepted,
    'shaka-packager/bear-320x240-multitrack.webm': refused('track 1 (video, vp8)', '-c:v libx264'),
    'shaka-packager/bear-320x240-vp9-opus.webm': accepted,
    // libavformat places its audio behind the end of the file.
    'shaka-packager/bear-640x360-av_frag.mp4': refused('truncated', 'track 2 has 88 of its 119 samples'),
    'shaka-packager/bear-640x360-ec3.mp4': accepted,
    'shaka-packager/bear-640x360-hevc-hdr10.mp4': accepted,
    'shaka-packager/bear-640x360-hevc.mp4': accepted,
    'shaka-packager/bear-640x360-non_square_pixel-with_pasp.mp4': accepted,
    'shaka-packager/bear-640x360-trailing-moov.mp4': accepted,
    'shaka-packager/bear-640x360-vp9.mp4': accepted,
    'shaka-packager/bear-640x360.mp4': accepted,
    'shaka-packager/bear-640x360.ts': accepted,
    'shaka-packager/bear-640x360_ptswraparound.ts': accepted,
    'shaka-packager/bear-av1.mp4': accepted,
    'shaka-packager/bear-flac.mp4': accepted,
    'shaka-packager/bear.avi': noMedia,
    'shaka-packager/bear.h264': noMedia,
    'shaka-packager/bear.ogv': refused('track 1 (video, theora)', '-c:v libx264'),
    'shaka-packager/no_streams.webm': refused('truncated', 'byte 4374'),
    'shaka-player/audio_en_2c_128k_aac.mp4': accepted,
    'shaka-player/audio_es_2c_64k_opus.webm': accepted,
    'shaka-player/video_144p_108k_h264.mp4': accepted,
    'wpt/green-at-15.mp4': accepted,
    'wpt/invalid-codec.mp4': refused('track 1 (video', 'codec is unknown', 're-encode'),
    'wpt/movie_300.mp4': accepted,
    'wpt/sine440.mp3': accepted,
    'wpt/test.mp4': accepted,
};

export const mediaDir = process.env.SEGUE_MEDIA ?? path.resolve(sourceDir, '../shared/media');

/** Every media file that is there, by its path in the collection; ends the test file without any. */
export function mediaFiles() {
    if (!existsSync(mediaDir))
        skipFile(`no media collection at ${mediaDir}; name one with SEGUE_MEDIA`);
    const folders = readdirSync(mediaDir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'LICENSES');
    return folders.flatMap(({ name }) => readdirSync(path.join(mediaDir, name)).map((file) => `${name}/${file}`)).sort();
}
