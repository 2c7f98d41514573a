export { TopicPage } from "./TopicPage";
export { TopicsPage } from "./TopicsPage";
