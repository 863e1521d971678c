// What the goldens are held against. Slack's types of version 3.2.0 know alert, container and data table, but neither
// charts nor cells with a button: those two shapes are written down here after Slack's reference and slack-go v0.35.0,
// and so are not checked by anybody else.
import type { Button, DataTableBlock, HomeView, KnownBlock, ModalView, RawNumberElement, RawTextElement } from '@slack/types';

interface ActionCell {
  type: 'action_cell';
  element: Button;
  fallback?: RawTextElement | RawNumberElement;
}

interface Chart {
  type: 'data_visualization';
  block_id?: string;
  title: string;
  chart: {
    type: 'bar' | 'line' | 'area';
    series: { name: string; data: { label: string; value: number }[] }[];
    axis_config: { categories: string[]; x_label?: string; y_label?: string };
  };
}

type Table = Omit<DataTableBlock, 'rows'> & { rows: (DataTableBlock['rows'][number][number] | ActionCell)[][] };

export type Block = Exclude<KnownBlock, DataTableBlock> | Table | Chart;
export type Message = { blocks: Block[] };
export type Modal = Omit<ModalView, 'blocks'> & { blocks: Block[] };
export type Home = Omit<HomeView, 'blocks'> & { blocks: Block[] };
