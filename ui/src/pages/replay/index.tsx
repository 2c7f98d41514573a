export { ReplaySheet, type ReplaySheetProps } from "./ReplaySheet";
