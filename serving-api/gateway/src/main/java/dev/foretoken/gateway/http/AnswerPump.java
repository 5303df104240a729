package dev.foretoken.gateway.http;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ReplyFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/** Moves answer events to a stream of server-sent events as they come. Several prompts get a virtual thread each, so that none waits for another. */
final class AnswerPump {

    private final List<AnswerStream> answers;
    private final ReplyFormat format;
    private final EventStream events;
    /** Guards {@code format}, which keeps state per choice. */
    private final ReentrantLock formatting = new ReentrantLock();

    AnswerPump(List<AnswerStream> answers, ReplyFormat format, EventStream events) {
        this.answers = answers;
        this.format = format;
        this.events = events;
    }

    void run() throws InterruptedException {
        if (answers.size() == 1) {
            pump(0);
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> pumps = IntStream.range(0, answers.size())
                    .<Future<?>>mapToObj(prompt -> threads.submit(() -> {
                        pump(prompt);
                        return null;
                    }))
                    .toList();
            await(pumps);
        }
    }

    private void await(List<Future<?>> pumps) throws InterruptedException {
        try {
            for (Future<?> pump : pumps) {
                pump.get();
            }
        } catch (ExecutionException e) {
            answers.forEach(AnswerStream::cancel);
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        }
    }

    private void pump(int prompt) throws InterruptedException {
        new AnswerRelay(answers.get(prompt), events, (packet, event) -> append(packet, prompt, event)).run();
    }

    private void append(JsonWriter packet, int prompt, AnswerEvent event) {
        formatting.lock();
        try {
            format.chunk(packet, prompt, event);
        } finally {
            formatting.unlock();
        }
    }
}
