// Starts the page: the frame at once, the engine and the model beside it.

import './style/index.css';
import { render } from 'solid-js/web';
import { App } from './App.tsx';
import { startSession } from './model/session.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('main: index.html has no element with the id root.');
void startSession();
render(() => <App />, root);
