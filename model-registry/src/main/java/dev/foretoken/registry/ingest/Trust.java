package dev.foretoken.registry.ingest;

/** Who put the files where they are imported from. */
public enum Trust {
    /**
     * The user, in a folder of their own. Links are followed within it, and to the blobs of the Hugging Face hub's cache beside it; what a
     * recipe changes may be elsewhere.
     */
    OWN_FOLDER,
    /** Somebody else, by upload or download: no links of any kind, nothing outside of the folder. */
    UPLOADED,
}
