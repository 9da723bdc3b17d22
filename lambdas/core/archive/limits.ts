// What a model archive may be: each limit with its reason.

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const GIBIBYTE = 1024 * MEBIBYTE;

/**
 * Defaults of the stack's settings `maximumArchiveBytes` and `maximumUnpackedBytes`. `test/archives/large-archive.test.ts`
 * measured 8.8 s of processor time for 2,078 MiB that hardly compress, and 3.3 s for each 2,048 MiB unpacked of what hardly
 * does anything else. So 8 GiB that unpack to 16 GiB take 35 s and 26 s; getting them takes 109 s at 75 MiB/s, about what a
 * function's network gives, and copying them inside S3 12 s. That is 182 s if nothing overlapped: 4.9 times in the
 * function's 900 s, and 3.7 times on a processor half as fast.
 */
export const DEFAULT_MAXIMUM_ARCHIVE_BYTES = 8 * GIBIBYTE;
export const DEFAULT_MAXIMUM_UNPACKED_BYTES = 16 * GIBIBYTE;

/**
 * Most models stay below 10:1, but an honest forest of scikit-learn 1.9 with constant sample weights came to 680:1, and one of
 * a thousand classes, whose counts are nearly all zero, to 170:1. So what is above 1,000:1 holds no model. What protects is the
 * limit on unpacked bytes: reading needs constant memory, and 3.3 s for each 2 GiB. Only above 64 MiB unpacked, because the
 * padding of a small archive compresses as well. As MAX_RATIO in pickles/decompress.py.
 */
export const MAXIMUM_COMPRESSION_RATIO = 1000;
export const RATIO_COUNTS_FROM_BYTES = 64 * MEBIBYTE;

/** Models with their tokenizers and code are hundreds of files; all paths are kept in memory, at most 10 MB of them. */
export const MAXIMUM_ENTRIES = 10_000;

/** Nothing that serves a model nests this deep, and extraction recurses into it. */
export const MAXIMUM_PATH_DEPTH = 32;

/** Linux takes 4,096 bytes including /opt/ml/model and what the server appends. */
export const MAXIMUM_PATH_BYTES = 1024;

/** NAME_MAX of ext4 and xfs: a longer name cannot be extracted on the instance. */
export const MAXIMUM_NAME_BYTES = 255;

/** PAX headers hold paths and extended attributes; they are the only part of an archive that is collected in memory. */
export const MAXIMUM_EXTENDED_HEADER_BYTES = MEBIBYTE;

/** 100 cases of 10 KiB. Read into memory. */
export const MAXIMUM_GOLDEN_CASES_BYTES = MEBIBYTE;
