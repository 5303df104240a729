package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.FilePath;
import dev.foretoken.registry.remote.ByteBudget;
import dev.foretoken.registry.remote.DiskRoom;
import dev.foretoken.registry.remote.Download;
import dev.foretoken.registry.remote.DownloadOrder;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.Staging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Fetches the files of one model into its staging folder, one after the other, within the limits of one pull. */
final class Fetching {

    private final RemoteHttp http;
    private final LoadProgress progress;

    Fetching(RemoteHttp http, LoadProgress progress) {
        this.http = http;
        this.progress = progress;
    }

    void fetch(List<RemoteFile> files, Staging staging) throws IOException {
        Set<String> paths = distinct(files);
        long total = total(files, http.limits());
        DiskRoom.require(staging.files(), total);
        staging.keepOnly(withPartials(paths));
        Download download = new Download(http);
        ByteBudget budget = new ByteBudget(http.limits().totalBytes());
        long before = 0;
        for (RemoteFile file : files) {
            long done = before;
            Path target = staging.file(file.path());
            String stage = "downloading " + file.path();
            progress.update(stage, done, total);
            DownloadOrder order = new DownloadOrder(file.request(), target, file.size(), file.digest());
            long[] last = {0};
            download.fetch(order, budget, position -> {
                last[0] = position;
                progress.update(stage, done + position, Math.max(total, done + position));
            });
            GitBlob.check(file, target);
            before += last[0];
        }
    }

    /** Refuses paths that lead out of the folder, and those that some file system takes for the same one. */
    private static Set<String> distinct(List<RemoteFile> files) {
        Set<String> paths = new HashSet<>();
        Set<String> folded = new HashSet<>();
        for (RemoteFile file : files) {
            paths.add(FilePath.checked(file.path()));
            if (!folded.add(file.path().toLowerCase(Locale.ROOT))) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "the place lists the file " + file.path() + " twice");
            }
        }
        return paths;
    }

    private static Set<String> withPartials(Set<String> paths) {
        Set<String> all = new HashSet<>(paths);
        paths.forEach(path -> all.addAll(List.of(path + ".part", path + ".etag")));
        return all;
    }

    private static long total(List<RemoteFile> files, RemoteLimits limits) {
        if (files.size() > limits.files()) {
            throw tooLarge("the model has %d files, at most %d are pulled (pull.files)"
                    .formatted(files.size(), limits.files()));
        }
        long total = 0;
        for (RemoteFile file : files) {
            long size = file.size().orElse(0);
            if (size > limits.fileBytes() || size > limits.totalBytes() - total) {
                throw tooLarge("the model is too large: %s has %d bytes (pull.file-bytes=%d, pull.total-bytes=%d)"
                        .formatted(file.path(), size, limits.fileBytes(), limits.totalBytes()));
            }
            total += size;
        }
        return total;
    }

    private static ForetokenException tooLarge(String message) {
        return new ForetokenException(ErrorCode.PAYLOAD_TOO_LARGE, message);
    }
}
