export { useReplaySheet } from "./useReplaySheet";
export { ReplaySheet } from "./ReplaySheet";
