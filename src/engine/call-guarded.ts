// Calls a function of the user's that may throw, where nobody of ours may be harmed by it.
import { Observable } from 'rxjs';

/** What `call` throws is reported as RxJS reports an error that no subscriber handles: later, and on nobody's stack. */
export function callGuarded(call: () => void): void {
  new Observable<never>(() => { call(); }).subscribe();
}
