package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where batches of callers are kept.
 *
 * @param database may hold a password
 * @param fileLife of files whose callers said nothing else
 */
public record BatchFolderSettings(Path folder, String database, Duration fileLife) {

    public BatchFolderSettings {
        requireRange("batch-file-days", fileLife.toDays(), 1, 3650);
    }

    /** Keeps the database's password out of logs. */
    @Override
    public String toString() {
        return "BatchFolderSettings[folder=" + folder + ", fileLife=" + fileLife + "]";
    }
}
