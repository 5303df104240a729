package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.runtime.SequenceView;

/** Where proposals come from: one {@link Drafter} per sequence. */
@FunctionalInterface
public interface DraftSource {

    /** Called once per sequence, before its first draft; the drafter may read the sequence whenever it is asked. */
    Drafter open(SequenceView sequence);
}
