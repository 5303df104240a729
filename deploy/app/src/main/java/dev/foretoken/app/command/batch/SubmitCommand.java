package dev.foretoken.app.command.batch;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.app.config.TopicOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.batch.client.FileIds;
import dev.foretoken.batch.client.RequestFile;
import dev.foretoken.batch.client.RequestMarks;
import dev.foretoken.batch.client.TopicSession;
import dev.foretoken.contract.request.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends the requests of a file. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Sends the requests of a file, which is checked to its end before. Every custom_id of a file and tenant is answered once: a file that is sent again only makes sure that all of it is there; a file that was changed is another.",
        footer = {
            "",
            "A line: {\"custom_id\":\"1\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}}",
        },
        sortOptions = false)
final class SubmitCommand implements Callable<Integer> {

    private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);

    @Mixin
    private TopicOptions brokers = new TopicOptions();

    @Parameters(paramLabel = "FILE", description = "Requests, one JSON object a line, as OpenAI's Batch API has them.")
    private Path file = Path.of("");

    @Option(names = "--follow", description = "Waits for the answers and writes them to a file, one a line.")
    private boolean follow;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "That file, with --follow; must not exist. Default: FILE with .answers before its ending. Until all answers are there it is called FILE.part.")
    @Nullable
    private Path out;

    @Option(
            names = "--since-hours",
            paramLabel = "N",
            defaultValue = "168",
            description =
                    "With --follow, how long ago answers may have been given to requests that were sent before: they are not given again. Default: ${DEFAULT-VALUE}.")
    private int sinceHours;

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "Whose requests they are, where the server has tenants.")
    @Nullable
    private String tenant;

    @Option(
            names = "--priority",
            paramLabel = "CLASS",
            converter = PriorityName.class,
            description =
                    "interactive, standard, low or batch, as the header foretoken-priority. Default: batch, which runs in what the others leave.")
    @Nullable
    private Priority priority;

    @Option(
            names = "--deadline-seconds",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "What is not answered by then is answered with an error; 0 = no deadline. Default: ${DEFAULT-VALUE}.")
    private long deadlineSeconds;

    @Override
    public Integer call() throws InterruptedException {
        require(sinceHours >= 0 && sinceHours <= 24 * 365, "since-hours", sinceHours, "in [0, 8760]");
        requireRange("deadline-seconds", deadlineSeconds, 0, LONGEST_DEADLINE.toSeconds());
        require(follow || out == null, "out", out == null ? "" : out, "given with --follow");
        RequestFile requests = new RequestFile(file);
        Optional<AnswerFile> answers = follow ? Optional.of(AnswerFile.of(file, out)) : Optional.empty();
        answers.ifPresent(AnswerFile::requireAbsent);
        RequestMarks marks = marks();
        FileIds ids = requests.check(Optional.ofNullable(tenant));
        System.err.println(submitted(requests, ids, marks, answers));
        return 0;
    }

    /** Returns a sentence. */
    private String submitted(RequestFile requests, FileIds ids, RequestMarks marks, Optional<AnswerFile> answers)
            throws InterruptedException {
        try (TopicSession session = TopicSession.open(brokers.connection(), brokers.topics());
                ProgressBar progress = ProgressBar.onStderr(ProgressBar.Unit.STEPS)) {
            session.requireTopics();
            Submission submission = new Submission(session, requests, ids, progress, brokers.group());
            if (answers.isPresent()) {
                Instant since = Instant.now().minus(Duration.ofHours(sinceHours));
                return submission.follow(marks, since, answers.get());
            }
            submission.send(marks);
            return "sent " + Counted.of(ids.count(), "request") + " to "
                    + brokers.topics().requests() + "; the same command with --follow collects their answers";
        }
    }

    private RequestMarks marks() {
        return new RequestMarks(
                Optional.ofNullable(tenant),
                Optional.ofNullable(priority),
                deadlineSeconds == 0
                        ? Optional.empty()
                        : Optional.of(Instant.now().plusSeconds(deadlineSeconds)));
    }
}
