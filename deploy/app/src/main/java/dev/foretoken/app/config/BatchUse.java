package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Options about batches that say nothing without another one, or beside one: who gives them on a command line has overlooked that. */
public final class BatchUse {

    private static final String PREFIX = "--batch-";
    private static final String FOLDER = "--batch-folder";
    private static final String BROKERS = "--batch-brokers";
    private static final String DATABASE = "--batch-database";
    private static final String NOTES = "--batch-notes";
    private static final Set<String> OF_FOLDER = Set.of(DATABASE, "--batch-file-days");

    private BatchUse() {}

    /**
     * Variables of the environment may stand for other processes, and are not looked at.
     *
     * @throws ForetokenException CONFIG_INVALID
     */
    public static void require(ParseResult given, AppConfig config) {
        for (OptionSpec option : given.matchedOptions()) {
            String name = option.longestName();
            boolean isNeeding = name.startsWith(PREFIX) && !name.equals(FOLDER) && !name.equals(BROKERS);
            if (isNeeding && OF_FOLDER.contains(name) && config.batchFolder().isEmpty()) {
                throw refusal(option, "with " + FOLDER);
            }
            if (isNeeding && !OF_FOLDER.contains(name) && config.batchTopics().isEmpty()) {
                throw refusal(option, "with " + BROKERS);
            }
            if (name.equals(NOTES)
                    && config.batchTopics().filter(BatchTopicSettings::share).isPresent()) {
                throw refusal(option, "without --batch-share: a share group has its broker count");
            }
        }
    }

    /** The address of a database may hold a password. */
    private static ForetokenException refusal(OptionSpec option, String beside) {
        String name = option.longestName();
        String value = name.equals(DATABASE) ? "" : "=" + option.<Object>getValue();
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, name.substring(2) + value + ", must be given " + beside);
    }
}
