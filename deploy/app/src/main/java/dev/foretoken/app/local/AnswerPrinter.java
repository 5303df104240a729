package dev.foretoken.app.local;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import java.io.PrintStream;
import java.util.Optional;

/** Writes an answer while it grows. */
public final class AnswerPrinter {

    private final PrintStream out;

    public AnswerPrinter(PrintStream out) {
        this.out = out;
    }

    /** Returns the whole text. A cancelled answer throws CANCELLED after what was printed. */
    public String print(AnswerStream answer) throws InterruptedException {
        StringBuilder whole = new StringBuilder();
        for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
            String text = switch (event.get()) {
                case AnswerEvent.Started e -> "";
                case AnswerEvent.PromptScored e -> "";
                case AnswerEvent.Token e -> e.text();
                case AnswerEvent.Ended e -> e.text();
            };
            out.print(text);
            out.flush();
            whole.append(text);
        }
        out.println();
        return whole.toString();
    }
}
