package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** The sentences with which stores fail. */
final class BlobErrors {

    private BlobErrors() {}

    static ForetokenException missing(Digest digest) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "blob " + digest + " is missing from the store; `models verify` says which variants need it");
    }

    static ForetokenException damaged(Digest digest, String how) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "blob " + digest + " is damaged: " + how
                        + "; `models verify` sets it aside, then import the model again");
    }

    static ForetokenException other(Digest expected, Digest found) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT, "the bytes received are " + found + ", expected " + expected);
    }

    /** {@code doing}: what failed, such as "storing a blob". */
    static ForetokenException io(String doing, IOException e) {
        if (full(e)) {
            return new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    doing
                            + " failed: the disk is full. Nothing was stored; free space, for example with `models gc`, and try again",
                    e);
        }
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, doing + " failed: " + kind(e), e);
    }

    /** Java has no type for it: the operating system's words are all there is. */
    private static boolean full(IOException e) {
        String text = ("" + e.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left")
                || text.contains("disk quota exceeded")
                || text.contains("not enough space on the disk")
                || text.contains("file too large");
    }

    /** The reason without the path, which is not for callers. */
    private static String kind(IOException e) {
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        return e.getClass().getSimpleName();
    }
}
