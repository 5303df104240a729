package dev.foretoken.app.local;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.answer.AnswerStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A conversation line by line. Ctrl-C ends an answer, Ctrl-D the conversation. */
public final class ChatSession {

    private static final String PROMPT = "> ";
    private static final String HELP = "/clear forgets the conversation, /bye ends it; Ctrl-C stops an answer";

    private final LocalModel model;
    private final AnswerOptions options;
    private final @Nullable String system;
    private final List<Map<String, Object>> messages = new ArrayList<>();

    public ChatSession(LocalModel model, AnswerOptions options, @Nullable String system) {
        this.model = model;
        this.options = options;
        this.system = system;
        clear();
    }

    /** Reads lines until the end of input or {@code /bye}. */
    public void talk() throws IOException, InterruptedException {
        try (Terminal terminal = TerminalBuilder.builder().dumb(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
            while (true) {
                String line = reader.readLine(PROMPT).strip();
                if (line.equals("/bye")) {
                    return;
                }
                take(line, terminal);
            }
        } catch (EndOfFileException | UserInterruptException e) {
            // The person is done.
        }
    }

    private void take(String line, Terminal terminal) throws InterruptedException {
        switch (line) {
            case "" -> {}
            case "/help" -> System.out.println(HELP);
            case "/clear" -> clear();
            default -> answer(line, terminal);
        }
    }

    private void answer(String line, Terminal terminal) throws InterruptedException {
        messages.add(message("user", line));
        try (AnswerStream stream = model.chat(messages, options)) {
            Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> stream.cancel());
            try {
                messages.add(message("assistant", new AnswerPrinter(System.out).print(stream)));
            } finally {
                terminal.handle(Terminal.Signal.INT, before);
            }
        } catch (ForetokenException e) {
            messages.removeLast();
            System.out.println(e.code() == ErrorCode.CANCELLED ? "" : "foretoken: " + e.getMessage());
        }
    }

    private void clear() {
        messages.clear();
        String first = system;
        if (first != null) {
            messages.add(message("system", first));
        }
    }

    private static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}
