/** Jobs over topics of a real broker. */
@NullMarked
package dev.foretoken.batch.job.topic;

import org.jspecify.annotations.NullMarked;
