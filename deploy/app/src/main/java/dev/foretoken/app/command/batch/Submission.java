package dev.foretoken.app.command.batch;

import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.batch.client.Answers;
import dev.foretoken.batch.client.FileIds;
import dev.foretoken.batch.client.RequestFile;
import dev.foretoken.batch.client.RequestMarks;
import dev.foretoken.batch.client.TopicSession;
import dev.foretoken.batch.client.TopicStatus;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;

/** A file on its way to the workers and its answers back. One thread. */
final class Submission {

    private static final Duration WAIT = Duration.ofMillis(200);

    private final TopicSession session;
    private final RequestFile requests;
    private final FileIds ids;
    private final ProgressBar progress;
    private final String group;

    /** @param group of servers that answer */
    Submission(TopicSession session, RequestFile requests, FileIds ids, ProgressBar progress, String group) {
        this.session = session;
        this.requests = requests;
        this.ids = ids;
        this.progress = progress;
        this.group = group;
    }

    void send(RequestMarks marks) {
        session.send(requests, ids, marks, sent -> progress.update("sending requests", sent, ids.count()));
    }

    /** Sends them and waits for all answers. Returns a sentence about them. */
    String follow(RequestMarks marks, Instant since, AnswerFile file) throws InterruptedException {
        try {
            Answers answers = collect(marks, since, file);
            file.complete();
            return "wrote " + Counted.of(answers.answered(), "answer") + " to " + file.path()
                    + errors(answers.failed());
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "cannot write " + file.path() + " (" + e.getMessage() + ")", e);
        }
    }

    private static String errors(int failed) {
        return switch (failed) {
            case 0 -> "";
            case 1 -> "; 1 of them is an error";
            default -> "; " + failed + " of them are errors";
        };
    }

    private Answers collect(RequestMarks marks, Instant since, AnswerFile file)
            throws IOException, InterruptedException {
        try (OutputStream out = file.open()) {
            Answers answers = session.follow(ids, since, out);
            send(marks);
            Silence silence = new Silence(
                    () -> TopicStatus.read(session, group).workers(), session.nobodyAnswers(group), System::nanoTime);
            while (!answers.complete()) {
                session.poll(answers, WAIT);
                silence.after(answers.answered()).ifPresent(progress::say);
                progress.update("collecting answers", answers.answered(), ids.count());
            }
            return answers;
        }
    }
}
