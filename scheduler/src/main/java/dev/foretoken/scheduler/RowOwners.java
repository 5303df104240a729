package dev.foretoken.scheduler;

/** Who settles rows that are more than an ordinary span of the base. */
record RowOwners(DraftCommitter verified, DraftStepPlanner drafted, AuxiliaryStepPlanner auxiliary, Repairs repairs) {}
