package dev.foretoken.batch.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that the group gave to this worker. One that is new is not read until what its last owner left is known, which another thread looks up
 * meanwhile; one that is taken away is settled first. Worker's thread, in which the consumer calls back too.
 */
final class Assignment implements ConsumerRebalanceListener {

    private record Loading(Set<TopicPartition> partitions, CompletableFuture<Map<TopicPartition, Loaded>> result) {}

    private final Consumer<byte[], byte[]> consumer;
    private final PartitionLoader loader;
    private final Executor threads;
    private final Runnable settle;
    private final Runnable lost;
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final List<Loading> loading = new ArrayList<>();

    /**
     * @param threads for what blocks
     * @param settle commits what can be, before partitions go
     * @param lost forgets what belongs to partitions that are gone
     */
    Assignment(
            Consumer<byte[], byte[]> consumer,
            PartitionLoader loader,
            Executor threads,
            Runnable settle,
            Runnable lost) {
        this.consumer = consumer;
        this.loader = loader;
        this.threads = threads;
        this.settle = settle;
        this.lost = lost;
    }

    /** Those that are known and read. */
    Collection<Partition> partitions() {
        return partitions.values();
    }

    Partition partition(TopicPartition name) {
        return partitions.get(name);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        Set<TopicPartition> names = Set.copyOf(added);
        if (!names.isEmpty()) {
            consumer.pause(names);
            int least = loader.remembered(held() + names.size());
            Set<TopicPartition> wanted = ConcurrentHashMap.newKeySet();
            wanted.addAll(names);
            loading.add(new Loading(
                    wanted,
                    CompletableFuture.supplyAsync(() -> loader.load(names, least, () -> !wanted.isEmpty()), threads)));
            divide();
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> removed) {
        settle.run();
        onPartitionsLost(removed);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> removed) {
        for (TopicPartition name : removed) {
            Partition partition = partitions.remove(name);
            if (partition != null) {
                partition.lose();
            }
            loading.forEach(one -> one.partitions().remove(name));
        }
        divide();
        lost.run();
    }

    /** Those that are known, and those that will be. */
    private int held() {
        return partitions.size()
                + loading.stream().mapToInt(one -> one.partitions().size()).sum();
    }

    private boolean isHeld(TopicPartition name) {
        return partitions.containsKey(name)
                || loading.stream().anyMatch(one -> one.partitions().contains(name));
    }

    /** Gives each partition its share of the ids that are remembered. */
    private void divide() {
        int least = loader.remembered(held());
        partitions.values().forEach(partition -> partition.ids().resize(least));
    }

    /** Ends what is in flight: this worker has no partition any more. */
    void abandon() {
        partitions.values().forEach(Partition::lose);
    }

    /**
     * Begins with the partitions whose past is known now.
     *
     * @throws KafkaException it could not be read
     */
    void adopt() {
        List<Loading> ended =
                loading.stream().filter(one -> one.result().isDone()).toList();
        for (Loading one : ended) {
            loading.remove(one);
            if (one.partitions().isEmpty()) {
                continue; // they went meanwhile, and what became of reading about them is nobody's concern
            }
            Map<TopicPartition, Loaded> loaded = result(one);
            for (TopicPartition name : one.partitions()) {
                Loaded past = loaded.get(name);
                consumer.seek(name, past.position());
                partitions.put(name, new Partition(name, past));
            }
        }
        if (!ended.isEmpty()) {
            divide();
        }
    }

    private static Map<TopicPartition, Loaded> result(Loading loading) {
        try {
            return loading.result().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        }
    }

    /**
     * Has the consumer read from the partitions that have nothing left of what was read, and from no others. One that was taken away is left alone: a
     * consumer of the newer protocol names it until its own thread has heard that the callback ended, and refuses it from then on.
     *
     * @param wanted whether anything is to be read
     * @return whether anything is
     */
    boolean regulate(boolean wanted) {
        Set<TopicPartition> open = new HashSet<>();
        for (Partition partition : partitions.values()) {
            if (wanted && partition.arrived().isEmpty()) {
                open.add(partition.name());
            }
        }
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> toResume = open.stream().filter(paused::contains).toList();
        List<TopicPartition> toPause = consumer.assignment().stream()
                .filter(name -> isHeld(name) && !open.contains(name) && !paused.contains(name))
                .toList();
        if (!toResume.isEmpty()) {
            consumer.resume(toResume);
        }
        if (!toPause.isEmpty()) {
            consumer.pause(toPause);
        }
        return !open.isEmpty();
    }
}
