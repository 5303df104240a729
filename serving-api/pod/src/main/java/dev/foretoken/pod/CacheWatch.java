package dev.foretoken.pod;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.prefix.PrefixSource;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.stream.ReadyStream;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Reports what every model holds of its prompts until the gateway leaves. Runs on a virtual thread of its own. */
final class CacheWatch implements Runnable {

    static final int MOST_CHANGES = 4096;
    private static final long MIN_INTERVAL_MILLIS = 10;
    private static final long MAX_INTERVAL_MILLIS = 60_000;
    /** Messages of one model before the others have their turn. */
    private static final int MESSAGES_IN_TURN = 16;

    private final Engine engine;
    private final PrefixSource source;
    private final ReadyStream<CacheEvents> events;
    private final long intervalMillis;
    private final long scheme;
    private final Map<String, PrefixFeed> feeds = new HashMap<>();
    private long sequence;

    CacheWatch(Engine engine, PrefixSource source, ReadyStream<CacheEvents> events, long intervalMillis) {
        this.engine = engine;
        this.source = source;
        this.events = events;
        this.intervalMillis = Math.clamp(intervalMillis, MIN_INTERVAL_MILLIS, MAX_INTERVAL_MILLIS);
        this.scheme = source.scheme();
    }

    @Override
    public void run() {
        try {
            boolean open = true;
            while (open) {
                open = endOld() && beginNew() && sendChanges() && !events.awaitCancelled(intervalMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean endOld() throws InterruptedException {
        boolean open = true;
        for (Iterator<Map.Entry<String, PrefixFeed>> all = feeds.entrySet().iterator(); open && all.hasNext(); ) {
            Map.Entry<String, PrefixFeed> feed = all.next();
            if (feed.getValue().ended()) {
                all.remove();
                open = send(message(feed.getKey()).setGone(true));
            }
        }
        return open;
    }

    private boolean beginNew() throws InterruptedException {
        boolean open = true;
        for (ModelInfo model : engine.models()) {
            if (open && model.state() == ModelState.READY && !feeds.containsKey(model.name())) {
                open = begin(model.name());
            }
        }
        return open;
    }

    private boolean begin(String model) throws InterruptedException {
        PrefixFeed feed = source.follow(model).orElse(null);
        if (feed == null) {
            return true;
        }
        feeds.put(model, feed);
        return send(message(model).setShape(CacheEncoder.encode(feed.shape())));
    }

    private boolean sendChanges() throws InterruptedException {
        boolean open = true;
        for (Map.Entry<String, PrefixFeed> feed : feeds.entrySet()) {
            int full = MOST_CHANGES;
            for (int i = 0; open && i < MESSAGES_IN_TURN && full == MOST_CHANGES; i++) {
                List<PrefixChange> changes = feed.getValue().next(MOST_CHANGES);
                full = changes.size();
                open = changes.isEmpty() || send(feed.getKey(), changes);
            }
        }
        return open;
    }

    /** What comes before a clearing is not worth telling. */
    private boolean send(String model, List<PrefixChange> changes) throws InterruptedException {
        int cleared = changes.lastIndexOf(new PrefixChange.Cleared());
        CacheEvents.Builder message = message(model).setCleared(cleared >= 0);
        changes.subList(cleared + 1, changes.size()).forEach(change -> CacheEncoder.add(message, change));
        return send(message);
    }

    private CacheEvents.Builder message(String model) {
        return CacheEvents.newBuilder().setModel(model).setScheme(scheme);
    }

    private boolean send(CacheEvents.Builder message) throws InterruptedException {
        return events.send(message.setSequence(sequence++).build());
    }
}
