// Fetch something every hour; when that fails, try again with exponential backoff, or when the server's Retry-After says
import { every, RetryAfter, withContext, type TaskId, type TaskScheduler } from 'carillon';

export function fetchWithBackoff(scheduler: TaskScheduler, fetchUrl: typeof fetch, url: string): TaskId<string> {
  const work = withContext(async ({ signal }) => {
    const response = await fetchUrl(url, { signal });
    const seconds = Number(response.headers.get('retry-after'));
    if (!response.ok && seconds > 0) throw new RetryAfter({ seconds });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return response.text();
  });
  return scheduler.schedule(work, every('1h'), { timeout: '10s', retry: { maxAttempts: 6, delay: '1s', maxDelay: '1m', jitter: 'equal' } });
}
