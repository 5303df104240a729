package dev.foretoken.app.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about batches that callers ask for over HTTP. */
public final class BatchFolderOptions {

    private static final String DATABASE = "FORETOKEN_BATCH_DATABASE";

    @Option(
            names = "--batch-folder",
            paramLabel = "DIR",
            defaultValue = "${env:FORETOKEN_BATCH_FOLDER}",
            description =
                    "Folder for files of batches: this process takes batches of callers over /v1/files and /v1/batches (src/docs/batch.md). Default: it takes none.")
    @Nullable
    Path folder;

    @Option(
            names = "--batch-database",
            paramLabel = "URL",
            description =
                    "jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME?user=...&password=... in which batches are kept; with PostgreSQL several gateways share it and the folder. Better set by FORETOKEN_BATCH_DATABASE. Default: the file batch.db in the folder.")
    String database = "";

    @Option(
            names = "--batch-file-days",
            paramLabel = "DAYS",
            defaultValue = "${env:FORETOKEN_BATCH_FILE_DAYS:-30}",
            description =
                    "How long files of batches are kept whose callers said nothing else. Default: ${DEFAULT-VALUE}.")
    int fileDays = 30;

    /** @param environment of the process: the address of the database where it was not given as an option */
    Optional<BatchFolderSettings> settings(Map<String, String> environment) {
        Path given = folder;
        if (given == null || given.toString().isEmpty()) {
            return Optional.empty();
        }
        String url = database.isEmpty() ? environment.getOrDefault(DATABASE, "") : database;
        return Optional.of(new BatchFolderSettings(
                given, url.isEmpty() ? "jdbc:sqlite:" + given.resolve("batch.db") : url, Duration.ofDays(fileDays)));
    }
}
